// Names that may be known organisations: a digit chooses the one, 0 a new one, l later; n and p go on.
(() => {
  const all = () => [...document.querySelectorAll("[data-organisation]")];
  if (!document.getElementById("organisations")) return;
  let at = 0;
  // While an answer is under way a key pressed twice would decide the next name unseen, or the
  // same one again: keys count anew once the next name has the focus.
  let asking = false;

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
    const button = item?.querySelector(`[data-choice="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault();
    if (asking) return;
    at = all().indexOf(item);
    button.click();
  });

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.target?.id === "organisations") asking = true;
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.target?.id === "organisations" && !event.detail.successful) asking = false;
  });
  // What was answered is gone from the list: the one that took its place is the next.
  document.addEventListener("htmx:afterSettle", (event) => {
    if (event.target.id !== "organisations") return;
    asking = false;
    const names = all();
    const next = names[at] ?? names[names.length - 1] ?? document.querySelector("[data-review] [data-doubt], [data-next]");
    next?.focus();
  });
})();
