// The queue by keyboard: J and K go down and up, X ticks, Enter opens the case that has the focus.
(() => {
  const links = () => [...document.querySelectorAll("#queue tbody td.primary a")];

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable]")) return;
    const all = links();
    const row = document.activeElement?.closest("#queue tbody tr");
    const place = all.findIndex((link) => link.closest("tr") === row);
    const key = event.key.toLowerCase();
    if (key === "j" || key === "k") {
      const next = all[place < 0 ? 0 : Math.min(Math.max(place + (key === "j" ? 1 : -1), 0), all.length - 1)];
      next?.focus();
    } else if (key === "x" && row) {
      row.querySelector("td.select input")?.click();
    } else {
      return;
    }
    event.preventDefault();
  });
})();
