/** Show whether there is signal in [data-net]: a word and a shape, for the reader may not see colours. */
export function wireNetwork(): void {
  const show = (): void => {
    for (const place of document.querySelectorAll<HTMLElement>("[data-net]")) {
      place.classList.toggle("net-off", !navigator.onLine);
      const words = place.querySelector("[data-net-words]");
      if (words) words.textContent = navigator.onLine ? "有信号" : "无信号，等有信号再发";
    }
  };
  window.addEventListener("online", show);
  window.addEventListener("offline", show);
  show();
}
