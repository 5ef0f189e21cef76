// Names that may be known organisations: a digit chooses the one, 0 a new one, l later; n and p go on.
(() => {
  const all = () => [...document.querySelectorAll("[data-organisation]")];
  if (!document.getElementById("organisations")) return;
  let at = 0;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    const item = event.target.closest("[data-organisation]");
    // Where the review's own script is not there, n and p go through the names alone.
    if (!document.querySelector("[data-review]") && (event.key === "n" || event.key === "p")) {
      const names = all();
      if (!names.length) return;
      const here = names.indexOf(item);
      names[(here < 0 ? 0 : here + (event.key === "n" ? 1 : -1) + names.length) % names.length].focus();
      event.preventDefault();
      return;
    }
    if (!item) return;
    const button = item.querySelector(`[data-choice="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    at = all().indexOf(item);
    button.click();
  });

  // What was answered is gone from the list: the one that took its place is the next.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "organisations") return;
    const names = all();
    (names[at] ?? names[names.length - 1])?.focus();
  });
})();
