import { open, rows, step, title } from "./rows";
import { clearPicks, pick } from "./picking";

/** One key per action: data-key="d" presses the element, "/" goes to the search field, j and k walk the list, g and a letter
 *  go to a queue, x picks. With cases picked, their keys come first. All are listed behind "?". */
export function wireKeys(): void {
  let going = 0; // g was pressed: the timer after which it no longer counts
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (isTyping(event.target)) return;
    const dialog = document.querySelector<HTMLElement>("dialog[open]");
    window.clearTimeout(opening);
    if (["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
    const key = event.key.toLowerCase();
    if (dialog) {
      press(event, [...dialog.querySelectorAll<HTMLElement>("[data-key]")], key);
      return;
    }
    if (going) {
      window.clearTimeout(going);
      going = 0;
      document.body.classList.remove("going");
      const link = document.querySelector<HTMLElement>(`[data-go="${CSS.escape(key)}"]`);
      if (link) {
        event.preventDefault();
        link.click();
        return;
      }
    }
    if (own(event, key)) {
      event.preventDefault();
      return;
    }
    if (key === "g") {
      document.body.classList.add("going");
      going = window.setTimeout(() => {
        going = 0;
        document.body.classList.remove("going");
      }, 2000);
      return;
    }
    press(event, [...document.querySelectorAll<HTMLElement>("[data-key]")], key);
  });
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-walk]");
    if (button) openBeside(button.dataset["walk"] === "1" ? 1 : -1);
  });
}

/** Press what has this key; what is for the cases picked comes first. */
function press(event: KeyboardEvent, among: HTMLElement[], key: string): void {
  const targets = among.filter((one) => one.dataset["key"] === key && isUsable(one));
  const target = targets.find((one) => one.closest(".picked")) ?? targets[0];
  if (!target) return;
  event.preventDefault();
  if (target instanceof HTMLInputElement) target.select();
  else target.click();
}

/** The keys of the list itself. */
function own(event: KeyboardEvent, key: string): boolean {
  const inList = document.activeElement?.closest(".entries") !== null && document.activeElement !== document.body;
  if (key === "j" || (key === "arrowdown" && inList)) return walk(1);
  if (key === "k" || (key === "arrowup" && inList)) return walk(-1);
  if (key === "x") return pick(event.shiftKey);
  if (key === "escape") return clearPicks();
  return false;
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(target.type));
}

function isUsable(one: HTMLElement): boolean {
  return one.getClientRects().length > 0 && !one.matches(":disabled, [aria-disabled='true']");
}

let opening = 0;

/** Move the focus along the list's titles; where the case stands beside the list, it opens as soon as one rests. */
function walk(by: 1 | -1): boolean {
  const next = step(by);
  if (!next) return rows().length > 0;
  const link = title(next);
  link?.focus();
  opening = window.setTimeout(() => {
    if (document.activeElement === link) open(next);
  }, 180);
  return true;
}

function openBeside(by: 1 | -1): void {
  const next = step(by);
  if (next) open(next);
}
