import { opened } from "./rows";

/** What is typed into a case's form and not sent yet is kept in this page's memory, and is there again when one comes back
 *  to the form. It is written nowhere else: a browser keeps no copy of cases. */
const drafts = new Map<string, [string, string][]>();
const dirty = new WeakSet<HTMLFormElement>();

export function wireDrafts(): void {
  document.addEventListener("input", (event) => {
    const form = (event.target as Element).closest<HTMLFormElement>("#case form[action]");
    if (form) dirty.add(form);
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, xhr, requestConfig } = (event as CustomEvent<{ target: Element; xhr: XMLHttpRequest; requestConfig: { elt: Element; verb: string } }>).detail;
    const sent = requestConfig.verb === "post" ? requestConfig.elt.closest("form") : null;
    for (const form of forms()) {
      if (!target.contains(form)) continue;
      if (form === sent && xhr.status < 500) drafts.delete(key(form)); // an answer of 409 or 422 brings the words back itself
      else if (dirty.has(form)) drafts.set(key(form), values(form));
      dirty.delete(form);
    }
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const { requestConfig, xhr } = (event as CustomEvent<{ requestConfig?: { verb: string }; xhr: XMLHttpRequest }>).detail;
    if (requestConfig?.verb === "post" && xhr.status >= 400) for (const form of forms()) dirty.add(form);
    for (const form of forms()) restore(form);
    if (opened()) tellLost();
  });
  // What could not be sent is still a draft.
  for (const trouble of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
    document.addEventListener(trouble, (event) => {
      const form = (event as CustomEvent<{ elt: Element }>).detail.elt.closest<HTMLFormElement>("#case form[action]");
      if (form) dirty.add(form);
    });
  }
  window.addEventListener("beforeunload", (event) => {
    if (isWriting()) event.preventDefault();
  });
  document.addEventListener("submit", (event) => dirty.delete(event.target as HTMLFormElement));
}

/** Whether something is filled in beside the list and not sent. */
export function isWriting(): boolean {
  return forms().some((form) => dirty.has(form));
}

function forms(): HTMLFormElement[] {
  return [...document.querySelectorAll<HTMLFormElement>("#case form[action]")];
}

function key(form: HTMLFormElement): string {
  return form.getAttribute("action") ?? "";
}

function values(form: HTMLFormElement): [string, string][] {
  const own = ["csrfmiddlewaretoken", "seen", "queue"];
  return [...new FormData(form).entries()].filter((pair): pair is [string, string] => typeof pair[1] === "string" && !own.includes(pair[0]));
}

function restore(form: HTMLFormElement): void {
  const kept = drafts.get(key(form));
  if (!kept || dirty.has(form)) return;
  drafts.delete(key(form));
  for (const control of [...form.elements]) {
    if (control instanceof HTMLInputElement && /^(checkbox|radio)$/.test(control.type)) {
      control.checked = kept.some(([name, value]) => name === control.name && value === control.value);
    } else if (control instanceof HTMLSelectElement || control instanceof HTMLTextAreaElement || (control instanceof HTMLInputElement && /^(text|search|number|date)$/.test(control.type))) {
      const found = kept.find(([name]) => name === control.name);
      if (found) control.value = found[1];
    }
  }
  dirty.add(form);
}

/** Words typed into a form that the case no longer has are shown, to be copied. */
function tellLost(): void {
  const number = opened()?.number ?? "";
  const place = document.getElementById("move");
  for (const [address, kept] of drafts) {
    if (!number || !address.includes(`/${number}/`) || !place || forms().some((form) => key(form) !== address && form.closest("#move"))) continue;
    const words = kept.filter(([name]) => ["text", "reason", "parts"].includes(name)).map(([, value]) => value.trim()).filter(Boolean).join("\n");
    drafts.delete(address);
    if (!words) continue;
    const note = document.createElement("div");
    note.className = "note note-soon";
    const said = document.createElement("p");
    said.className = "prose";
    said.textContent = `您刚才写的，这一步已不能办：\n${words}`;
    note.append(said);
    place.prepend(note);
  }
}
