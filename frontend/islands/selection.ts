/** data-marks-entry on a list's link: when its case has been put beside the list, its row is the marked one. */
export function wireSelection(): void {
  document.addEventListener("htmx:afterSwap", (event) => {
    const { requestConfig } = (event as CustomEvent<{ requestConfig?: { elt?: Element } }>).detail;
    const link = requestConfig?.elt;
    if (!link?.matches("[data-marks-entry]")) return;
    const list = link.closest(".entries");
    for (const row of list?.querySelectorAll(".entry[aria-current]") ?? []) row.removeAttribute("aria-current");
    link.closest(".entry")?.setAttribute("aria-current", "true");
    document.getElementById("case")?.scrollTo(0, 0);
  });
}
