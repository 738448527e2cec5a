/** Messages in the page's #flashes: the server puts them there; the browser adds one when the network fails. */
export function wireFlashes(): void {
  document.addEventListener("click", (event) => {
    const target = event.target as Element;
    if (target.closest("[data-dismiss]")) target.closest(".flash")?.remove();
  });
}

/** Say one thing to the user. The region is aria-live, so a screen reader hears it. Plain text only; `way` opens on a new tab. */
export function say(text: string, tone: "success" | "warning" | "error" = "error", way?: { words: string; address: string }): void {
  const region = document.getElementById("flashes");
  if (!region) return;
  const flash = document.createElement("div");
  flash.className = `flash flash-${tone}`;
  const words = document.createElement("p");
  words.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-quiet btn-small";
  close.dataset["dismiss"] = "";
  close.textContent = "知道了";
  flash.append(words);
  if (way) {
    const link = document.createElement("a");
    link.className = "btn btn-small";
    link.href = way.address;
    link.target = "_blank";
    link.textContent = way.words;
    flash.append(link);
  }
  flash.append(close);
  region.replaceChildren(flash);
}
