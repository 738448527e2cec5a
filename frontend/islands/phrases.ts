/** [data-phrase="field id"]: put a common reply into the field, after what is written there, and go on typing behind it. */
export function wirePhrases(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-phrase]");
    const field = button && document.getElementById(button.dataset["phrase"] ?? "");
    if (!button || !(field instanceof HTMLTextAreaElement)) return;
    const written = field.value.trimEnd();
    field.value = `${written}${written ? "\n" : ""}${button.textContent?.trim() ?? ""}`;
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  });
}
