/** Ctrl+Enter (⌘+Enter) while one writes: send the form, as in a mail program. What is missing is told as usual. */
export function wireQuickSend(): void {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    const form = event.target instanceof HTMLTextAreaElement ? event.target.form : null;
    const button = form?.querySelector<HTMLButtonElement>("button[type=submit]:not(:disabled)");
    if (!form || !button) return;
    event.preventDefault();
    form.requestSubmit(button);
  });
}
