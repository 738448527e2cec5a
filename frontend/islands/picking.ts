import { current, rows } from "./rows";

/** Picking several rows: their check boxes, x, Shift and a range, and the bar that says what can be done with them. */
let last: string | undefined;

export function wirePicking(): void {
  document.addEventListener("change", (event) => {
    const box = event.target as HTMLInputElement;
    if (box.matches(".pick-all")) {
      for (const row of rows()) set(row, box.checked);
      tell();
    } else if (box.matches(".pick")) {
      last = box.closest<HTMLElement>(".entry")?.dataset["case"];
      tell();
    }
  });
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-unpick]")) clearPicks();
    const box = target.closest<HTMLInputElement>(".pick");
    if (box && (event as MouseEvent).shiftKey && last) range(box.closest<HTMLElement>(".entry"));
  });
}

/** x on the current row; with Shift from the last one picked to here. */
export function pick(shift: boolean): boolean {
  const row = current();
  if (!row?.querySelector(".pick")) return false;
  if (shift && last) range(row);
  else {
    const box = row.querySelector<HTMLInputElement>(".pick");
    if (box && !box.disabled) box.checked = !box.checked;
    last = row.dataset["case"];
  }
  tell();
  return true;
}

export function clearPicks(): boolean {
  const before = picked();
  for (const row of before) set(row, false);
  tell();
  return before.length > 0;
}

export function picked(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>(".entry")].filter((row) => row.querySelector<HTMLInputElement>(".pick:checked"));
}

/** Bring the bar in step with the boxes. */
export function tell(): void {
  const bar = document.getElementById("picked");
  if (!bar) return;
  const count = picked().length;
  bar.hidden = count === 0;
  document.getElementById("entries")?.classList.toggle("has-picked", count > 0);
  const words = bar.querySelector("[data-picked]");
  if (words) words.textContent = `${count}`;
  const all = document.querySelector<HTMLInputElement>(".pick-all");
  if (all) {
    all.checked = count > 0 && count === rows().length;
    all.indeterminate = count > 0 && !all.checked;
  }
}

function set(row: HTMLElement, checked: boolean): void {
  const box = row.querySelector<HTMLInputElement>(".pick");
  if (box && !box.disabled) box.checked = checked;
}

function range(row: HTMLElement | null): void {
  const all = rows();
  const from = all.findIndex((one) => one.dataset["case"] === last);
  const to = row ? all.indexOf(row) : -1;
  if (from < 0 || to < 0) return;
  for (const one of all.slice(Math.min(from, to), Math.max(from, to) + 1)) set(one, true);
  tell();
}
