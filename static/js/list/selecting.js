// Ticking rows of a list (Shift: a stretch), and pasting a block onto a cell.
(() => {
  const { grid, say } = window.lists ?? {};
  if (!grid) return;
  const bar = document.getElementById("many");
  const boxes = () => [...grid.querySelectorAll("td.select input[type=checkbox]:not(:disabled)")];
  let last = null;

  function count() {
    const ticked = boxes().filter((box) => box.checked).length;
    const place = bar?.querySelector("[data-ticked]");
    if (place) place.textContent = ticked ? say("ticked").replace("%(count)s", ticked) : say("none");
    const all = grid.querySelector("[data-select-all]");
    if (all) {
      all.checked = ticked > 0 && ticked === boxes().length;
      all.indeterminate = ticked > 0 && ticked < boxes().length;
    }
  }

  grid.addEventListener("click", (event) => {
    const box = event.target.closest("td.select input");
    if (!box) return;
    const all = boxes();
    if (event.shiftKey && last && all.includes(last)) {
      const [from, to] = [all.indexOf(last), all.indexOf(box)].sort((one, other) => one - other);
      for (const one of all.slice(from, to + 1)) one.checked = box.checked;
    }
    last = box;
    count();
  });
  // The page's own script ticks all first.
  document.addEventListener("change", (event) => {
    if (event.target.matches("#list-grid [data-select-all]")) count();
  });
  addEventListener("pageshow", count);
  count();

  grid.addEventListener("paste", (event) => {
    const cell = event.target.closest("td[data-field]");
    const form = document.getElementById("paste-form");
    if (!cell || !form || event.target !== cell || cell.hasAttribute("aria-readonly")) return;
    const text = event.clipboardData?.getData("text/plain") ?? "";
    if (!text.trim()) return;
    event.preventDefault();
    // One cell goes into this one; Excel ends even that with a line break.
    if (!/[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""))) return window.lists.edit(cell, text.trim());
    form.elements.row.value = cell.closest("tr").dataset.uid;
    form.elements.column.value = cell.dataset.field;
    form.elements.text.value = text;
    form.submit();
  });
})();
