import { csrfToken } from "./csrf";
import { say as flash } from "./flash";
import { lookAgain, reload } from "./live";
import { clearPicks, picked } from "./picking";
import { title } from "./rows";

/** A batch: first what will happen to each, then one request a case, and what became of each. One undo where there is one. */
interface Item {
  number: string;
  seen: string;
  row: HTMLElement | null;
}
interface Outcome {
  done: boolean;
  words: string;
  seen?: number;
}

const AT_ONCE = 2;
const TRIES = 3;
let stopped = false;
let running = false;
let touched = false;

export function wireBatch(): void {
  const dialog = document.getElementById("batch");
  if (!(dialog instanceof HTMLDialogElement)) return;
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    const button = target.closest<HTMLElement>("[data-batch]");
    if (button) void preview(dialog, button.dataset["batch"] ?? "");
    if (target.closest("[data-undoes-batch]")) {
      target.closest(".flash")?.remove();
      dialog.showModal();
      dialog.querySelector<HTMLElement>("[data-undoes]")?.click();
    }
  });
  dialog.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-batch-form]")) return;
    event.preventDefault();
    void carryOut(form);
  });
  dialog.addEventListener("click", (event) => {
    const undo = (event.target as Element).closest<HTMLElement>("[data-undoes]");
    if (undo) void takeBack(undo);
    if ((event.target as Element).closest("[data-stops]")) stopped = true;
  });
  dialog.addEventListener("cancel", (event) => {
    if (running) event.preventDefault(); // Esc stops nothing half-way
  });
  dialog.addEventListener("close", () => {
    stopped = true;
    if (touched) {
      touched = false;
      clearPicks();
      void reload();
      lookAgain();
      offerUndo(dialog);
    } else title(picked()[0])?.focus();
  });
}

/** The batch can still be taken back once its dialog is closed: one button, one key. */
function offerUndo(dialog: HTMLElement): void {
  const undo = dialog.querySelector<HTMLElement>("[data-undoes]");
  if (!undo) return;
  flash(dialog.querySelector(".batch-sum")?.textContent ?? "", "success");
  const made = button(undo.textContent ?? "", "btn btn-small", "undoesBatch");
  made.dataset["key"] = "z";
  document.querySelector("#flashes .flash [data-dismiss]")?.before(made);
}

async function preview(dialog: HTMLDialogElement, address: string): Promise<void> {
  const numbers = picked().map((row) => row.dataset["number"] ?? "");
  const body = document.getElementById("batch-body");
  if (!body || numbers.length === 0) return;
  say(body, `正在核对 ${numbers.length} 件…`);
  if (!dialog.open) dialog.showModal();
  const sent = new URLSearchParams();
  for (const number of numbers) sent.append("case", number);
  try {
    const answer = await fetch(address, { method: "POST", body: sent, headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() } });
    if (!answer.ok) throw new Error(String(answer.status));
    body.innerHTML = await answer.text();
    body.querySelector<HTMLElement>("textarea, button[type=submit]:not(:disabled), [data-closes]")?.focus();
  } catch {
    say(body, "没有取到核对结果，什么也没有办。请检查网络后关闭重试。");
  }
}

function say(body: HTMLElement, words: string): void {
  const place = document.createElement("p");
  place.className = "dialog-body soft";
  place.setAttribute("role", "status");
  place.textContent = words;
  body.replaceChildren(place);
}

async function carryOut(form: HTMLFormElement): Promise<void> {
  if (running) return;
  const lines = [...form.querySelectorAll<HTMLElement>("tr[data-can]:not([data-done])")];
  const unset = lines.map((line) => line.querySelector<HTMLSelectElement>("[data-to]")).find((choice) => choice && !choice.value);
  if (unset) {
    unset.setAttribute("aria-invalid", "true");
    unset.focus();
    return;
  }
  const text = form.querySelector<HTMLTextAreaElement>("[name=text]")?.value ?? "";
  const items = lines.map((row) => ({ number: row.dataset["oneCase"] ?? "", seen: row.dataset["seen"] ?? "", row }));
  const done = await run(form, form.dataset["one"] ?? "", items, (item) => ({ text, to: item.row?.querySelector<HTMLSelectElement>("[data-to]")?.value ?? "" }));
  finish(form, done, items, form.dataset["label"] ?? "");
}

/** Send one case after the other, a few at a time; returns how many were done. */
async function run(form: HTMLElement, address: string, items: Item[], fields: (item: Item) => Record<string, string>): Promise<number> {
  running = true;
  stopped = false;
  touched = true;
  let sent = 0;
  let done = 0;
  const foot = form.querySelector<HTMLElement>(".dialog-foot");
  foot?.replaceChildren(button("停下，其余的不办", "btn", "stops"));
  for (const control of form.querySelectorAll<HTMLInputElement>("select, textarea")) control.disabled = true;
  const bar = form.querySelector<HTMLElement>("[data-progress]");
  const progress = bar?.querySelector("progress");
  const words = bar?.querySelector("[data-progress-words]");
  if (bar) bar.hidden = false;
  if (progress) progress.max = items.length;
  const waiting = [...items];
  const worker = async (): Promise<void> => {
    for (let item = waiting.shift(); item; item = waiting.shift()) {
      if (stopped) {
        tell(item, { done: false, words: "没有办：已停下" });
        continue;
      }
      const outcome = await one(address, item, fields(item));
      if (outcome === null) {
        stopped = true;
        tell(item, { done: false, words: "网络不通，不知道办成没有；恢复后请看这件事的经过" });
        continue;
      }
      if (outcome.done) done += 1;
      tell(item, outcome);
      sent += 1;
      if (progress) progress.value = sent;
      if (words) words.textContent = `${sent} / ${items.length}`;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  running = false;
  return done;
}

/** One case; sent again when no answer came, for the version it was judged by makes it count once. Null: no answer at all. */
async function one(address: string, item: Item, fields: Record<string, string>): Promise<Outcome | null> {
  const body = new URLSearchParams({ case: item.number, seen: item.seen, ...fields });
  for (let attempt = 0; attempt < TRIES; attempt++) {
    try {
      const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true", "X-CSRFToken": csrfToken() } });
      if (answer.status === 401) return { done: false, words: "没有办：登录已过期，请重新登录" };
      if (answer.headers.get("Content-Type")?.includes("json")) return (await answer.json()) as Outcome;
      if (answer.status < 500) return { done: false, words: "没有办：服务器没有接受，请刷新页面后再试" };
    } catch {
      // no answer
    }
    await new Promise((go) => window.setTimeout(go, 600 * (attempt + 1)));
  }
  return null;
}

function tell(item: Item, outcome: Outcome): void {
  const place = item.row?.querySelector<HTMLElement>("[data-said]");
  if (!item.row || !place) return;
  if (outcome.done) {
    item.row.dataset["done"] = "";
    if (outcome.seen !== undefined) item.row.dataset["seen"] = String(outcome.seen);
  }
  place.classList.toggle("batch-not", !outcome.done);
  place.textContent = `${outcome.done ? "✓" : "✗"} ${outcome.words}`;
  item.row.scrollIntoView({ block: "nearest" });
}

function finish(form: HTMLElement, done: number, items: Item[], label: string): void {
  const left = items.length - done;
  const sum = form.querySelector<HTMLElement>(".batch-sum");
  const words = `${label}：办成 ${done} 件${left ? `，没办成 ${left} 件，原因写在每件后面` : ""}。`;
  if (sum) sum.textContent = words;
  const bar = form.querySelector<HTMLElement>("[data-progress]");
  if (bar) bar.hidden = true;
  const foot = form.querySelector<HTMLElement>(".dialog-foot");
  const close = button("关闭", "btn btn-primary", "closes");
  foot?.replaceChildren(close);
  if (form.dataset["undo"] && done) {
    const undo = button(`全部撤回 ${done} 件（Z）`, "btn", "undoes");
    undo.dataset["key"] = "z";
    foot?.prepend(undo);
  }
  close.focus();
}

/** Take back what the batch did, as far as the table still lets one; what cannot be taken back says why. */
async function takeBack(undo: HTMLElement): Promise<void> {
  const form = undo.closest<HTMLElement>("[data-batch-form]");
  if (!form || running) return;
  const items = [...form.querySelectorAll<HTMLElement>("tr[data-done]")].map((row) => {
    delete row.dataset["done"];
    return { number: row.dataset["oneCase"] ?? "", seen: row.dataset["seen"] ?? "", row };
  });
  const address = form.dataset["undo"] ?? "";
  delete form.dataset["undo"];
  const done = await run(form, address, items, () => ({ reason: "批量分流后撤回" }));
  finish(form, done, items, "撤回");
}

function button(words: string, look: string, does: string): HTMLButtonElement {
  const made = document.createElement("button");
  made.type = "button";
  made.className = look;
  made.dataset[does] = "";
  made.textContent = words;
  return made;
}
