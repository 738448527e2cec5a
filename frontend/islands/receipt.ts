/** The receipt: [data-copy="id"] copies the words of an element, [data-print] prints. Both stay hidden without script. */
export function wireReceipt(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-copy]")) {
    if (!navigator.clipboard) continue; // only over TLS or on this machine
    button.hidden = false;
    button.addEventListener("click", () => {
      const words = button.querySelector("[data-copy-words]");
      const text = document.getElementById(button.dataset["copy"] ?? "")?.textContent?.trim() ?? "";
      navigator.clipboard.writeText(text).then(
        () => words && (words.textContent = "已复制"),
        () => words && (words.textContent = "没能复制，请抄下来"),
      );
    });
  }
  for (const button of document.querySelectorAll<HTMLButtonElement>("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}
