/** The token Django asks of every unsafe request. The cookie is closed to scripts, so the base template writes a <meta>. */
export function csrfToken(): string {
  return document.querySelector<HTMLMetaElement>('meta[name="csrf-token"]')?.content ?? "";
}
