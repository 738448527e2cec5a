/** One key per action: data-key="d" presses the element, "/" goes to the search field, j and k walk the list. */
export function wireKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      walk(key === "j" ? 1 : -1);
      return;
    }
    const target = [...document.querySelectorAll<HTMLElement>("[data-key]")].find((one) => one.dataset["key"] === key && isUsable(one));
    if (!target) return;
    event.preventDefault();
    if (target instanceof HTMLInputElement) target.select();
    else target.click();
  });
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type));
}

function isUsable(one: HTMLElement): boolean {
  return one.getClientRects().length > 0 && !one.matches(":disabled, [aria-disabled='true']");
}

/** Move the focus along the list's titles; Enter opens, as on any link. */
function walk(by: 1 | -1): void {
  const titles = [...document.querySelectorAll<HTMLElement>(".entries .entry-title[href]")];
  if (titles.length === 0) return;
  const current = titles.findIndex((one) => one === document.activeElement);
  const chosen = current >= 0 ? current : titles.findIndex((one) => one.closest("[aria-current]")) ;
  titles[Math.min(Math.max(chosen + by, 0), titles.length - 1)]?.focus();
}
