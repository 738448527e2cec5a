import htmx from "htmx.org";

/** A page that is no list renews itself when there is news: what stands in `[data-renews]`, an address, is read anew from
 *  there. Not while somebody fills something in or walks through it; then as soon as they have done. */
let behind = false;

export function fallBehind(): void {
  behind = true;
}

export async function catchUp(read: (address: string) => Promise<Response>): Promise<void> {
  const part = document.querySelector<HTMLElement>("[data-renews]");
  if (!behind || !part || isTouched(part)) return;
  const page = new DOMParser().parseFromString(await (await read(part.dataset["renews"] ?? "")).text(), "text/html");
  behind = false;
  const fresh = page.querySelector("[data-renews]");
  if (!fresh || isTouched(part) || fresh.innerHTML === part.innerHTML) return;
  const focused = address(document.activeElement);
  // At the top one sees what has come in; further down, what one reads stays where it is.
  const box = part.closest(".shell-main");
  const kept = box?.scrollTop ? links(part).find((link) => link.getBoundingClientRect().top >= 0) : undefined;
  const top = kept?.getBoundingClientRect().top ?? 0;
  part.replaceChildren(...fresh.childNodes);
  htmx.process(part);
  const found = (wanted: string | null | undefined): HTMLElement | undefined => links(part).find((link) => wanted && address(link) === wanted);
  found(focused)?.focus({ preventScroll: true });
  const still = found(address(kept ?? null));
  if (still) box?.scrollBy(0, still.getBoundingClientRect().top - top);
}

/** A form is open or filled in, or something other than a link has the focus. */
function isTouched(part: HTMLElement): boolean {
  const focus = document.activeElement;
  const written = [...part.querySelectorAll("textarea")].some((text) => text.value !== text.defaultValue);
  return written || part.querySelector("details[open]") !== null || (part.contains(focus) && !focus?.matches("a"));
}

function links(part: HTMLElement): HTMLElement[] {
  return [...part.querySelectorAll<HTMLElement>("a[href]")];
}

function address(link: Element | null): string | null | undefined {
  return link?.closest("[data-renews]") ? link.getAttribute("href") : null;
}
