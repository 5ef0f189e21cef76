// The list by keyboard, like a spreadsheet: a cell has the focus, or is being edited.
(() => {
  const { grid, save, undo } = window.lists ?? {};
  if (!grid) return;
  const editors = new Map([...document.querySelectorAll("template[data-editor]")].map((one) => [one.dataset.editor, one]));
  const cells = (row) => [...row.querySelectorAll("[data-field]")];
  const rows = () => [...grid.tBodies[0].rows];
  const isOpen = (cell) => editors.has(cell.dataset.field) && !cell.hasAttribute("aria-readonly");
  let editing = null;

  // One cell of the grid is reached by Tab from outside: the one that had the focus last.
  function mark(cell) {
    grid.querySelector("td[data-field][tabindex='0']")?.setAttribute("tabindex", "-1");
    cell.tabIndex = 0;
  }
  const first = grid.querySelector("td[data-field]");
  if (first) mark(first);

  function go(cell, down, right) {
    const row = cell.closest("tr");
    const column = cells(row).indexOf(cell) + right;
    const next = cells(rows()[rows().indexOf(row) + down] ?? row)[column];
    if (!next) return false;
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    return true;
  }

  function edit(cell, text) {
    if (!isOpen(cell) || editing) return;
    const control = editors.get(cell.dataset.field).content.firstElementChild.cloneNode(true);
    control.removeAttribute("id");
    control.removeAttribute("aria-describedby");
    control.setAttribute("aria-label", cell.dataset.label);
    control.value = cell.dataset.raw;
    if (text !== undefined && control.tagName !== "SELECT" && control.type !== "date") control.value = text;
    editing = { cell, control, shown: [...cell.childNodes] };
    cell.replaceChildren(control);
    cell.classList.add("is-editing");
    control.focus();
    if (text === undefined) control.select?.();
  }

  // End the editing; store what was typed unless it is dropped.
  function end(keep) {
    if (!editing) return;
    const { cell, control, shown } = editing;
    editing = null;
    const value = control.value.trim();
    const text = control.tagName === "SELECT" ? control.selectedOptions[0]?.textContent ?? "" : value.split("\n").join("、");
    cell.classList.remove("is-editing");
    cell.replaceChildren(...shown);
    if (keep && value !== cell.dataset.raw.trim()) save(cell, value, text || "—");
  }

  window.lists.edit = edit;
  grid.addEventListener("focusin", (event) => {
    const cell = event.target.closest("td[data-field]");
    if (cell) mark(cell);
  });
  grid.addEventListener("focusout", (event) => {
    if (editing && event.target === editing.control && document.hasFocus()) end(true);
  });
  grid.addEventListener("dblclick", (event) => {
    const cell = event.target.closest("td[data-field]");
    if (cell && !editing) edit(cell);
  });
  grid.addEventListener("click", (event) => {
    const cell = event.target.closest("td[data-field]");
    if (!cell || editing) return;
    // A finger has no second way in: what has the focus already is edited.
    if (cell === document.activeElement && event.detail === 1 && matchMedia("(pointer: coarse)").matches) edit(cell);
    else cell.focus();
  });

  function whileEditing(event) {
    const { cell, control } = editing;
    if (event.key === "Escape") {
      end(false);
      cell.focus();
    } else if (event.key === "Tab") {
      end(true);
      if (!go(cell, 0, event.shiftKey ? -1 : 1)) cell.focus();
    } else if (event.key === "Enter" && !(control.tagName === "TEXTAREA" && (event.altKey || event.ctrlKey))) {
      end(true);
      cell.focus();
      go(cell, event.shiftKey ? -1 : 1, 0);
    } else if (event.key === "Enter") {
      // As in a spreadsheet: Alt+Enter begins a new line, a name more.
      control.setRangeText("\n", control.selectionStart, control.selectionEnd, "end");
    } else return;
    event.preventDefault();
  }

  const ARROWS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  grid.addEventListener("keydown", (event) => {
    if (event.isComposing || event.keyCode === 229) {
      // An input method begins: it needs a control to write into.
      const cell = event.target.closest?.("td[data-field]");
      if (cell && !editing && event.target === cell) edit(cell, "");
      return;
    }
    if (editing) {
      if (event.target === editing.control) whileEditing(event);
      return;
    }
    const cell = event.target;
    if (!cell.matches("td[data-field]")) return;
    const control = event.ctrlKey || event.metaKey;
    if (control && event.key === "z") undo();
    else if (control && event.key === "Home") cells(rows()[0])[0].focus();
    else if (control && event.key === "End") cells(rows().at(-1)).at(-1).focus();
    else if (control || event.altKey) return;
    else if (ARROWS[event.key]) go(cell, ...ARROWS[event.key]);
    else if (event.key === "Home") cells(cell.closest("tr"))[0].focus();
    else if (event.key === "End") cells(cell.closest("tr")).at(-1).focus();
    else if (event.key === "Enter" || event.key === "F2") edit(cell);
    // At the end of a row Tab leaves the list: nobody is held in it.
    else if (event.key === "Tab") {
      if (!go(cell, 0, event.shiftKey ? -1 : 1)) return;
    } else if (event.key === " " && event.shiftKey) cell.closest("tr").querySelector("td.select input")?.click();
    else if (event.key === "Delete" || event.key === "Backspace") {
      if (isOpen(cell) && cell.dataset.raw) save(cell, "", "—");
    } else if (event.key.length === 1) edit(cell, event.key);
    else return;
    event.preventDefault();
  });
})();
