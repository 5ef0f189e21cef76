// Ticking rows of a list (Shift: a stretch), and pasting a block onto a cell.
(() => {
  const { grid, say } = window.lists ?? {};
  if (!grid) return;
  const bar = document.getElementById("many");
  const boxes = () => [...grid.querySelectorAll("td.select input[type=checkbox]:not(:disabled)")];
  // What is ticked stays ticked from page to page, as long as the window is open.
  const place = `ticked:${grid.dataset.person}:${grid.dataset.url}`;
  const ticked = new Set(JSON.parse(sessionStorage.getItem(place) ?? "[]"));
  let last = null;

  function forget() {
    ticked.clear();
    for (const box of boxes()) box.checked = false;
  }

  function restore() {
    // What was ticked for has been done.
    if (new URLSearchParams(location.search).has("done")) ticked.clear();
    for (const box of boxes()) box.checked = ticked.has(box.value);
  }

  function count() {
    const own = boxes();
    for (const box of own) box.checked ? ticked.add(box.value) : ticked.delete(box.value);
    try {
      sessionStorage.setItem(place, JSON.stringify([...ticked]));
    } catch {
      // A full store: what is ticked holds for this page.
    }
    const here = own.filter((box) => box.checked).length;
    const label = bar?.querySelector("[data-ticked]");
    if (label) {
      const words = ticked.size ? say("ticked").replace("%(count)s", ticked.size) : say("none");
      const others = ticked.size - here;
      label.textContent = others ? `${words} ${say("elsewhere").replace("%(count)s", others)}` : words;
      bar.querySelector("[data-untick]").hidden = !ticked.size;
      bar.elements.rows.value = [...ticked].filter((uid) => !own.some((box) => box.value === uid)).join(" ");
    }
    const all = grid.querySelector("[data-select-all]");
    if (all) {
      all.checked = here > 0 && here === own.length;
      all.indeterminate = here > 0 && here < own.length;
    }
  }

  bar?.querySelector("[data-untick]").addEventListener("click", () => {
    forget();
    count();
  });

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
  restore();
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
