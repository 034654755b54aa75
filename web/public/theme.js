// The chosen theme, before the first paint; a script of its own because the pages allow no inline script.
try {
  const chosen = localStorage.getItem("posthorn.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // No storage: the system's theme it is.
}
