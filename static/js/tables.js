// Tables and their filters: labels for the card view, ticking all rows, a folded filter panel on phones.
(() => {
  const roles = { TABLE: "table", THEAD: "rowgroup", TBODY: "rowgroup", TFOOT: "rowgroup", TR: "row", TH: "columnheader", TD: "cell" };

  function label(table) {
    const heads = [...table.querySelectorAll("thead tr:last-child > *")];
    for (const row of table.querySelectorAll(":is(tbody, tfoot) > tr")) {
      let column = 0;
      for (const cell of row.cells) {
        const text = heads[column]?.textContent.trim();
        if (text && cell.colSpan === 1 && !cell.hasAttribute("data-label")) cell.dataset.label = text;
        column += cell.colSpan;
      }
    }
    // display: block in the card view takes the table roles away; say them aloud.
    for (const part of [table, ...table.querySelectorAll("thead, tbody, tfoot, tr, th, td")]) {
      if (part.hasAttribute("role")) continue;
      const inBody = part.tagName === "TH" && part.parentElement.parentElement.tagName !== "THEAD";
      part.setAttribute("role", inBody ? "rowheader" : roles[part.tagName]);
    }
  }

  function prepare(root) {
    for (const table of root.querySelectorAll(".table-wrap > .table")) label(table);
    for (const wrap of root.querySelectorAll(".table-wrap.wide, .table-wrap.no-cards")) {
      if (wrap.scrollWidth > wrap.clientWidth && !wrap.hasAttribute("tabindex")) wrap.tabIndex = 0;
    }
  }

  document.addEventListener("change", (event) => {
    if (!event.target.matches("input[data-select-all]")) return;
    for (const box of event.target.closest("table").querySelectorAll("td.select input[type=checkbox]:not(:disabled)")) {
      box.checked = event.target.checked;
    }
  });

  // New counts must not fold a facet the reader opened, nor scroll its list away.
  document.addEventListener("htmx:oobBeforeSwap", (event) => {
    if (event.target.id !== "facets") return;
    for (const old of event.target.querySelectorAll("[data-facet]")) {
      const fresh = event.detail.fragment.querySelector(`[data-facet="${CSS.escape(old.dataset.facet)}"]`);
      if (!fresh) continue;
      fresh.open = old.open;
      const top = old.querySelector(".facet-options").scrollTop;
      if (top) requestAnimationFrame(() => { fresh.querySelector(".facet-options").scrollTop = top; });
    }
  });

  prepare(document);
  document.addEventListener("htmx:afterSettle", (event) => prepare(event.detail.elt.parentElement || document));
  if (matchMedia("(max-width: 59.99rem)").matches) {
    for (const panel of document.querySelectorAll("[data-filter-panel]")) panel.open = false;
  }
})();
