import htmx from "htmx.org";
import { csrfToken } from "./csrf";
import { isWriting } from "./drafts";
import { say as flash } from "./flash";
import { tell } from "./picking";
import { catchUp, fallBehind } from "./renewing";
import { markCurrent, opened, showEmptiness } from "./rows";
import { signedOut } from "./signed-out";

/** The desk keeps itself up to date: every four seconds, while it is seen, it asks whether anything has changed; only then
 *  it fetches counts and the rows that say something else now. Rows change where they stand; new ones are announced and
 *  wait until somebody wants to see them; nothing moves under the cursor. */
const EVERY = 3800; // ms; with what follows within the 5 s that are promised
const WORDS_AGE = 60_000; // ms after which the words of the clocks (剩 40 分) are read anew
const PATIENCE = 8000; // ms for one answer
const MOST_ROWS = 200;

interface Other {
  name: string;
  since: string;
  writing: boolean;
}
interface News {
  since: string;
  changed: boolean;
  steps: number | null;
  others: Other[];
}

let since = "";
let tag = "";
let failures = 0;
let timer = 0;
let asking = false;
let freshAt = Date.now(); // when what stands on the page was read

export function wireLive(): void {
  const place = document.getElementById("link-state");
  if (!place?.dataset["live"]) return;
  since = place.dataset["since"] ?? "";
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(timer);
    if (!document.hidden) void turn();
  });
  window.addEventListener("online", () => void turn());
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-fresh]")) void reload();
    if (target.closest("[data-shows-newest]")) showNewest();
  });
  // Who else is there is asked at once when another case is opened.
  document.addEventListener("htmx:afterSettle", (event) => {
    if ((event as CustomEvent<{ target: Element }>).detail.target.id !== "case") return;
    showOthers([]);
    hideChange();
    void turn();
  });
  timer = window.setTimeout(() => void turn(), opened() ? 300 : EVERY);
}

async function turn(): Promise<void> {
  window.clearTimeout(timer);
  if (document.hidden) return;
  if (!asking) {
    asking = true;
    try {
      await ask();
      await catchUp((address) => send(address, { headers: { "Desk-Renews": "1" } }));
      came();
    } catch (trouble) {
      if (trouble instanceof SignedOut) {
        failures = 1; // so that the next answer takes the words away
        say("登录已过期", true);
        signedOut();
        return;
      }
      missed();
    } finally {
      asking = false;
    }
  }
  window.clearTimeout(timer);
  timer = window.setTimeout(() => void turn(), failures ? Math.min(EVERY * 2 ** (failures - 1), 30_000) : EVERY);
}

class SignedOut extends Error {}

async function send(address: string, init: RequestInit): Promise<Response> {
  const stop = new AbortController();
  const clock = window.setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(address, { ...init, cache: "no-store", signal: stop.signal, headers: { "HX-Request": "true", ...init.headers } });
    if (answer.status === 401) throw new SignedOut();
    if (!answer.ok && answer.status !== 304) throw new Error(String(answer.status));
    return answer;
  } finally {
    window.clearTimeout(clock);
  }
}

/** The one question; and what follows from the answer. */
async function ask(): Promise<void> {
  const beside = opened();
  const asked = new URLSearchParams({ since });
  if (beside) asked.set("case", beside.id);
  if (beside && isWriting()) asked.set("writing", "1");
  const address = document.getElementById("link-state")?.dataset["live"] ?? "";
  const answer = await send(`${address}?${asked.toString()}`, { headers: { "If-None-Match": tag } });
  tag = answer.headers.get("ETag") ?? "";
  const old = Date.now() - freshAt > WORDS_AGE;
  if (answer.status === 304) {
    if (old) await refresh();
    return;
  }
  const news = (await answer.json()) as News;
  if (news.changed) fallBehind();
  if (news.changed || old) await refresh();
  since = news.since; // only now: what could not be fetched is asked for again
  if (opened()?.id !== beside?.id) return;
  showOthers(news.others);
  if (beside && news.steps !== beside.steps) await showChange(news.steps);
}

/** Counts and rows, where they stand. */
async function refresh(): Promise<void> {
  const list = document.querySelector<HTMLElement>("[data-list]");
  const lines = [...document.querySelectorAll<HTMLElement>("#entries .entry:not(.entry-gone)")].slice(0, MOST_ROWS);
  const ends = list !== null && !document.querySelector("#entries .entry-more") && lines.length < MOST_ROWS;
  const body = new URLSearchParams({
    list: list ? "1" : "",
    all: ends ? "1" : "",
    shown: lines.map((row) => `${row.dataset["case"]}:${row.dataset["mark"]}`).join(","),
  });
  const address = document.getElementById("link-state")?.dataset["refresh"] ?? "";
  const answer = await send(address, { method: "POST", body, headers: { "X-CSRFToken": csrfToken(), "HX-Current-URL": location.href } });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  freshAt = Date.now();
  for (const count of page.querySelectorAll<HTMLElement>("[data-count]")) setCount(count);
  for (const row of page.querySelectorAll<HTMLElement>("[data-rows] > .entry")) replace(row);
  const told = page.querySelector<HTMLElement>("[data-gone]")?.dataset;
  for (const id of (told?.["gone"] ?? "").split(",").filter(Boolean)) leave(id);
  announce(Number(told?.["fresh"] ?? 0));
  tell();
}

function setCount(from: HTMLElement): void {
  const words = from.textContent ?? "";
  for (const count of document.querySelectorAll<HTMLElement>(`[data-count="${CSS.escape(from.dataset["count"] ?? "")}"]`)) {
    if (count.textContent !== words) count.textContent = words;
    if (count.matches(".count")) count.classList.toggle("count-hot", "hot" in from.dataset);
  }
}

/** A row that says something else now: in its place, with its tick and the focus. */
function replace(row: HTMLElement): void {
  const old = document.getElementById(row.id);
  if (!old) return;
  const box = row.querySelector<HTMLInputElement>(".pick");
  if (box) box.checked = old.querySelector<HTMLInputElement>(".pick")?.checked ?? false;
  const focused = old.contains(document.activeElement) ? document.activeElement?.className.split(" ")[0] : undefined;
  if (old.matches("[aria-current]")) row.setAttribute("aria-current", "true");
  row.classList.add("entry-changed");
  old.replaceWith(row);
  htmx.process(row);
  if (focused) row.querySelector<HTMLElement>(`.${CSS.escape(focused)}`)?.focus({ preventScroll: true });
  window.setTimeout(() => row.classList.remove("entry-changed"), 4000);
}

/** A row whose case has left the list stays where it is until the list is read anew, and says so. */
function leave(id: string): void {
  const row = document.getElementById(`row-${id}`);
  if (!row || row.matches(".entry-gone")) return;
  row.classList.add("entry-gone");
  const box = row.querySelector<HTMLInputElement>(".pick");
  if (box) {
    box.checked = false;
    box.disabled = true;
  }
  // A new element: one that only changes its words would be seen to move.
  const said = document.createElement("span");
  said.className = "end";
  said.textContent = "已离开这个列表";
  row.querySelector(".entry-meta .end")?.replaceWith(said);
}

function announce(count: number): void {
  const button = document.querySelector<HTMLElement>("button[data-fresh]");
  const words = button?.querySelector("[data-fresh-words]");
  if (!button || !words) return;
  const said = `${count >= 99 ? "99+" : count} 件新到`;
  if (count && words.textContent !== said) words.textContent = said;
  button.hidden = count === 0;
}

/** Read the list anew: what is new comes in, what has left goes. Ticks, the open case and the focus stay. */
export async function reload(): Promise<void> {
  const list = document.getElementById("entries");
  if (!list) return;
  const ticked = new Set([...list.querySelectorAll<HTMLElement>(".entry")].filter((row) => row.querySelector(".pick:checked")).map((row) => row.id));
  const focused = document.activeElement?.closest("#entries .entry")?.id;
  const address = new URL(location.href);
  address.searchParams.set("part", "rows");
  address.searchParams.delete("case");
  try {
    list.innerHTML = await (await send(address.href, {})).text();
  } catch {
    flash("没有取到新的列表，页面上的还是刚才的；网络恢复后会自己再试。", "warning");
    return;
  }
  htmx.process(list);
  list.scrollTo(0, 0);
  for (const id of ticked) {
    const box = document.getElementById(id)?.querySelector<HTMLInputElement>(".pick");
    if (box) box.checked = true;
  }
  announce(0);
  tell();
  markCurrent();
  showEmptiness();
  const row = focused ? document.getElementById(focused) : null;
  (row?.querySelector<HTMLElement>(".entry-title") ?? list.querySelector<HTMLElement>(".entry-title") ?? document.getElementById("list-title"))?.focus();
  freshAt = Date.now();
}

/** Ask at once, as after a batch of one's own. */
export function lookAgain(): void {
  void turn();
}

function showOthers(others: Other[]): void {
  const place = document.querySelector<HTMLElement>("[data-others]");
  if (!place) return;
  const words = others.map((one) => (one.writing ? `${one.name}正在填写（${one.since} 起）` : `${one.name}也在看（${one.since} 起）`)).join("、");
  if (place.textContent !== words) place.textContent = words;
  place.classList.toggle("others-writing", others.some((one) => one.writing));
}

async function showChange(steps: number | null): Promise<void> {
  const place = document.querySelector<HTMLElement>("[data-changed]");
  const beside = opened();
  if (!place || !beside || place.dataset["steps"] === `${beside.number}:${steps}`) return;
  place.dataset["steps"] = `${beside.number}:${steps}`;
  if (steps === null) place.innerHTML = '<div class="note note-soon"><p>这件事已不在您的权限范围内，可能已转给别的单位。您写的还在，需要的话请先复制。</p></div>';
  else place.innerHTML = await (await send(`${beside.since}?seen=${beside.steps}`, {})).text();
  place.hidden = false;
}

function hideChange(): void {
  const place = document.querySelector<HTMLElement>("[data-changed]");
  if (!place) return;
  place.hidden = true;
  place.replaceChildren();
  delete place.dataset["steps"];
}

function showNewest(): void {
  const beside = opened();
  if (beside) void htmx.ajax("get", beside.address, { target: "#case", swap: "innerHTML" });
}

function came(): void {
  if (failures) say("", false);
  failures = 0;
}

function missed(): void {
  failures += 1;
  // One lost answer is nothing to speak of.
  if (failures >= 2) {
    const at = new Date(freshAt);
    const two = (n: number): string => String(n).padStart(2, "0");
    say(`连不上服务器，正在重试；页面是 ${two(at.getHours())}:${two(at.getMinutes())} 的`, true);
  }
}

function say(words: string, lost: boolean): void {
  const place = document.getElementById("link-state");
  if (!place) return;
  place.classList.toggle("link-lost", lost);
  if (place.textContent !== words) place.textContent = words;
}
