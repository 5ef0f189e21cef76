// Runs before the first paint: says that script runs, and applies the colours the reader chose.
(() => {
  const root = document.documentElement;
  root.dataset.script = "";
  const stored = () => {
    try { return localStorage.getItem("theme"); } catch { return null; }
  };
  const apply = (theme) => {
    if (theme === "light" || theme === "dark") root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  apply(stored());

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      const name = () => {
        const text = button.dataset[root.dataset.theme || "auto"];
        button.title = text;
        const label = button.querySelector(".visually-hidden");
        if (label) label.textContent = text;
      };
      name();
      button.addEventListener("click", () => {
        const order = ["auto", "light", "dark"];
        const next = order[(order.indexOf(root.dataset.theme || "auto") + 1) % order.length];
        try { localStorage.setItem("theme", next); } catch { /* private window: for this page only */ }
        apply(next);
        name();
      });
    }
  });
})();
