/** Light, dark, or as the system has it: kept in this browser (public/theme.js reads it before the first paint). */
export type Theme = "system" | "light" | "dark";

const KEY = "posthorn.theme";

class ThemeChoice {
  #chosen = $state<Theme>(read());

  get chosen(): Theme {
    return this.#chosen;
  }

  set chosen(theme: Theme) {
    this.#chosen = theme;
    if (theme === "system") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem(KEY, theme);
    } catch {
      // No storage: it holds until the page is left.
    }
  }
}

export const theme = new ThemeChoice();

function read(): Theme {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === "light" || kept === "dark" ? kept : "system";
  } catch {
    return "system";
  }
}
