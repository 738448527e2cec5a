/** The list's rows: which is the current one, which comes next, what is open beside them. */

const TITLES = ".entries .entry-title[href], .table .cell-title[href]";

/** The rows one can walk through; those that have left the list are passed over. */
export function rows(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(TITLES)]
    .map((link) => link.closest<HTMLElement>(".entry, tr"))
    .filter((row): row is HTMLElement => row !== null && !row.matches(".entry-gone"));
}

export function title(row: Element | null | undefined): HTMLElement | null {
  return row?.querySelector<HTMLElement>(".entry-title[href], .cell-title[href]") ?? null;
}

/** The row that has the focus, else the one that is open. */
export function current(): HTMLElement | null {
  const focused = document.activeElement?.closest<HTMLElement>(".entry, .table tbody tr");
  return focused ?? document.querySelector<HTMLElement>(".entry[aria-current]");
}

/** The row `by` places on; the nearest end where there is none. */
export function step(by: number): HTMLElement | null {
  const all = rows();
  const at = current();
  const index = at ? all.indexOf(at) : -1;
  if (index < 0) return all[by > 0 ? 0 : all.length - 1] ?? null;
  return all[Math.min(Math.max(index + by, 0), all.length - 1)] ?? null;
}

/** The case beside the list (or alone on its page). */
export interface Open {
  id: string;
  number: string;
  steps: number;
  since: string; // the address that tells what happened after a version
  address: string; // the case itself, as a part of the page
}

export function opened(): Open | null {
  const told = document.querySelector<HTMLElement>("#case [data-open]")?.dataset;
  if (!told) return null;
  return {
    id: told["open"] ?? "",
    number: told["number"] ?? "",
    steps: Number(told["steps"] ?? 0),
    since: told["since"] ?? "",
    address: told["address"] ?? "",
  };
}

export function open(row: HTMLElement): void {
  if (!row.matches("[aria-current]")) row.querySelector<HTMLElement>("[data-marks-entry]")?.click();
}

/** Mark the open case's row, and say how far down it stands. */
export function markCurrent(): void {
  const number = opened()?.number;
  for (const row of document.querySelectorAll<HTMLElement>(".entry[aria-current]")) {
    if (row.dataset["number"] !== number) row.removeAttribute("aria-current");
  }
  const row = number ? document.querySelector<HTMLElement>(`.entry[data-number="${CSS.escape(number)}"]`) : null;
  row?.setAttribute("aria-current", "true");
  const place = document.querySelector<HTMLElement>("[data-position]");
  if (!place) return;
  const all = rows();
  const more = document.querySelector(".entry-more") ? "+" : "";
  place.textContent = row && all.includes(row) ? `${all.indexOf(row) + 1} / ${all.length}${more}` : "";
}

/** The row that comes after the open one, or before it at the end of the list. */
export function successor(): string {
  const all = rows();
  const at = all.findIndex((row) => row.matches("[aria-current]"));
  const next = at < 0 ? all[0] : all[at + 1] ?? all[at - 1];
  return next?.dataset["number"] ?? "";
}

export function showEmptiness(): void {
  const empty = document.getElementById("list-empty");
  if (empty) empty.hidden = document.querySelector("#entries .entry") !== null;
}
