import { csrfToken } from "./csrf";

/** textarea[data-suggest="address"]: while one types, the likely categories appear as chips in [data-suggested]. */
export function wireSuggest(): void {
  const text = document.querySelector<HTMLTextAreaElement>("textarea[data-suggest]");
  const place = document.querySelector<HTMLElement>("[data-suggested]");
  if (!text || !place) return;
  let waiting = 0;
  let asked = "";
  text.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => {
      const words = text.value.trim();
      if (words.length < 2 || words === asked) return;
      asked = words;
      void ask(text, place, words);
    }, 600);
  });
}

async function ask(text: HTMLTextAreaElement, place: HTMLElement, words: string): Promise<void> {
  const chosen = place.querySelector<HTMLInputElement>("input:checked")?.value;
  try {
    const answer = await fetch(text.dataset["suggest"] ?? "", {
      method: "POST",
      headers: { "X-CSRFToken": csrfToken() },
      body: new URLSearchParams({ text: words, category: chosen ?? "" }),
    });
    // Chips are a help: without signal one goes on without them. A redirect is the sign-in page.
    if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
  } catch {
    return;
  }
}
