/** Suggestions of where a matter goes: the next best at the press of a key, and for whatever is chosen what speaks for it. */
export function wireAdvice(): void {
  document.addEventListener("click", (event) => {
    const form = (event.target as Element).closest("[data-next-advice]")?.closest("form");
    if (!form) return;
    const ways = all(form).filter((one) => one.dataset["advice"]);
    const next = ways[(ways.findIndex((one) => !one.hidden) + 1) % ways.length];
    if (next) choose(form, next.dataset["advice"] ?? "");
  });
  document.addEventListener("change", (event) => {
    const control = event.target as HTMLInputElement | HTMLSelectElement;
    if (control.name === "to" && control.form) show(control.form, control.value);
  });
  // Words that were typed before and come back bring their choice with them.
  document.addEventListener("htmx:afterSettle", () => {
    for (const form of document.forms) if (all(form).length) show(form, chosen(form));
  });
}

function all(form: HTMLFormElement): HTMLElement[] {
  return [...form.querySelectorAll<HTMLElement>("[data-advice]")];
}

function chosen(form: HTMLFormElement): string {
  const value = new FormData(form).get("to");
  return typeof value === "string" ? value : "";
}

function choose(form: HTMLFormElement, unit: string): void {
  for (const control of form.querySelectorAll<HTMLInputElement | HTMLSelectElement>("[name=to]")) {
    if (control instanceof HTMLSelectElement) control.value = unit;
    else control.checked = control.value === unit;
  }
  form.querySelector("[name=to]")?.dispatchEvent(new Event("input", { bubbles: true }));
  show(form, unit);
}

function show(form: HTMLFormElement, unit: string): void {
  const ways = all(form);
  const wanted = ways.find((one) => one.dataset["advice"] === unit) ?? ways.find((one) => !one.dataset["advice"]);
  if (unit) for (const one of ways) one.hidden = one !== wanted;
}
