/** form[data-sending]: sent once, with a word that it is on its way; waits while photos are still being made small. */
export function wireSending(): void {
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (!form.matches("[data-sending]")) return;
    if ("sent" in form.dataset) {
      event.preventDefault();
      return;
    }
    const submitter = (event as SubmitEvent).submitter;
    if ("busy" in form.dataset) {
      event.preventDefault();
      form.addEventListener("ready", () => press(form, submitter), { once: true });
      return;
    }
    form.dataset["sent"] = "";
    form.setAttribute("aria-busy", "true");
    const words = submitter?.dataset["sendingWords"];
    // Afterwards: a disabled button would not be sent with its form.
    setTimeout(() => {
      for (const button of buttons(form)) button.setAttribute("aria-disabled", "true");
      if (submitter && words) {
        submitter.dataset["words"] = submitter.textContent ?? "";
        submitter.textContent = words;
      }
    });
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

function press(form: HTMLFormElement, submitter: HTMLElement | null): void {
  if (submitter) submitter.click();
  else form.submit();
}

function buttons(form: HTMLFormElement): HTMLElement[] {
  return [...form.elements].filter((one): one is HTMLElement => one instanceof HTMLButtonElement && one.type === "submit");
}
