import { say } from "./flash";

const PATIENCE = 8000; // ms for a sign of life from the server
const AGAIN = 10_000; // ms between two tries while there is no signal
const HELD = "没有信号，等着自动发出";

let again = 0;

/** form[data-sending]: sent once, with a word that it is on its way; waits while photos are still being made small.
 *  Without signal it stays on the page, words and photos, and goes by itself as soon as there is one: a browser that is
 *  let go without signal shows a page of its own, and what was written is lost. */
export function wireSending(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-sending]")) return;
    const submitter = (event as SubmitEvent).submitter;
    if ("sent" in form.dataset) {
      event.preventDefault();
    } else if ("busy" in form.dataset) {
      event.preventDefault();
      form.addEventListener("ready", () => press(form, submitter), { once: true });
    } else if ("reached" in form.dataset) {
      delete form.dataset["reached"];
      form.dataset["sent"] = "";
      form.setAttribute("aria-busy", "true");
      // Afterwards: a disabled button would not be sent with its form.
      setTimeout(() => {
        for (const button of buttons(form)) button.setAttribute("aria-disabled", "true");
      });
    } else {
      event.preventDefault();
      void reach(form, submitter);
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-held]")) event.preventDefault();
  });
  // Back from the next page, the form is there again and may be sent again.
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll<HTMLFormElement>("form[data-sent]")) {
      delete form.dataset["sent"];
      form.removeAttribute("aria-busy");
      for (const button of buttons(form)) {
        button.removeAttribute("aria-disabled");
        if (button.dataset["words"]) button.textContent = button.dataset["words"];
      }
    }
  });
}

/** Send the form if the server can be reached, else hold it and try again. */
async function reach(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  if ("asking" in form.dataset) return;
  window.clearTimeout(again);
  form.dataset["asking"] = "";
  label(submitter, submitter?.dataset["sendingWords"]);
  const alive = await answers();
  delete form.dataset["asking"];
  if (alive) {
    delete form.dataset["held"];
    form.dataset["reached"] = "";
    press(form, submitter);
    return;
  }
  label(submitter, HELD);
  if (!("held" in form.dataset)) {
    form.dataset["held"] = "";
    say("没有信号，还没有发出。您写的和照片都还在，有信号时会自动发出，请先不要关掉这一页。", "warning");
    document.getElementById("flashes")?.scrollIntoView({ block: "center" });
  }
  const once = (): void => {
    window.removeEventListener("online", once);
    void reach(form, submitter);
  };
  window.addEventListener("online", once);
  again = window.setTimeout(once, AGAIN);
}

/** Whether the server answers at all: asked for what costs it nothing, the head of this very script. */
async function answers(): Promise<boolean> {
  if (!navigator.onLine) return false;
  const stop = new AbortController();
  const clock = window.setTimeout(() => stop.abort(), PATIENCE);
  try {
    const answer = await fetch(import.meta.url, { method: "HEAD", cache: "no-store", signal: stop.signal });
    await answer.text(); // to its end, or the browser counts it as broken off by the form that follows
    return true;
  } catch {
    return false;
  } finally {
    window.clearTimeout(clock);
  }
}

function label(button: HTMLElement | null, words: string | undefined): void {
  if (!button || !words) return;
  button.dataset["words"] ??= button.textContent ?? "";
  button.textContent = words;
}

function press(form: HTMLFormElement, submitter: HTMLElement | null): void {
  if (submitter) submitter.click();
  else form.submit();
}

function buttons(form: HTMLFormElement): HTMLElement[] {
  return [...form.elements].filter((one): one is HTMLElement => one instanceof HTMLButtonElement && one.type === "submit");
}
