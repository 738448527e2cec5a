import { markCurrent, opened, showEmptiness, successor, title } from "./rows";

/** The list and the case beside it: which row is the open one, where a move leads, where the focus goes afterwards. */
export function wireSelection(): void {
  markCurrent();
  // A move names the case that should come after it: only the page knows the order one sees.
  document.addEventListener("htmx:configRequest", (event) => {
    const { verb, parameters, target } = (event as CustomEvent<{ verb: string; parameters: FormData; target: Element }>).detail;
    if (verb === "post" && target.id === "case") parameters.append("next", successor());
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const { target, requestConfig } = (event as CustomEvent<{ target: Element; requestConfig?: { verb: string } }>).detail;
    if (target.id === "case" || target.closest("#entries")) markCurrent();
    if (target.id === "case" && requestConfig?.verb !== "post") target.scrollTo(0, 0);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const { target, requestConfig, xhr } = (event as CustomEvent<{ target: Element; requestConfig?: { verb: string }; xhr: XMLHttpRequest }>).detail;
    if (target.id !== "case") return;
    markCurrent();
    showEmptiness();
    if (requestConfig?.verb === "post") {
      if (xhr.status >= 400) focusFault();
      else focusNext();
    }
  });
}

function focusNext(): void {
  document.getElementById("case")?.scrollTo(0, 0);
  const number = opened()?.number ?? "";
  const row = number ? document.querySelector(`.entry[data-number="${CSS.escape(number)}"]`) : null;
  (title(row) ?? document.getElementById("list-title"))?.focus();
}

function focusFault(): void {
  const fault = document.querySelector<HTMLElement>("#case .form-errors, #case [role='alert']");
  if (!fault) return;
  if (!fault.hasAttribute("tabindex")) fault.tabIndex = -1;
  fault.focus();
}
