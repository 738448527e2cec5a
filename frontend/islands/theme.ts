/** Light, dark or as the system: remembered in a cookie, so that the server writes it into <html> and nothing flashes. */
export function wireTheme(): void {
  document.addEventListener("click", (event) => {
    const button = (event.target as Element).closest<HTMLElement>("[data-theme-choice]");
    if (!button) return;
    const choice = button.dataset["themeChoice"];
    const root = document.documentElement;
    if (choice === "light" || choice === "dark") root.dataset["theme"] = choice;
    else delete root.dataset["theme"];
    const year = 365 * 24 * 3600;
    const age = choice === "light" || choice === "dark" ? year : 0;
    document.cookie = `theme=${choice ?? ""}; path=/; max-age=${age}; samesite=lax`;
  });
}
