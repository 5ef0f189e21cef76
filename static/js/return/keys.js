// From the first field to the last without a mouse: Enter and the arrows stay in the column.
(() => {
  const { lines, flush, form } = window.returns ?? {};
  if (!form) return;

  const part = (field) => field.name.slice(field.name.lastIndexOf("-") + 1);
  const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

  // The field of the same column so many lines further; undefined beyond the ends.
  function neighbour(field, step) {
    const column = [...lines.values()].map((line) => line.fields[part(field)]).filter((one) => one && isShown(one));
    return column[column.indexOf(field) + step];
  }

  function go(field, step) {
    const next = neighbour(field, step);
    if (next) {
      next.focus();
      next.select?.();
    } else if (step > 0) {
      // The lines that are folded away, then the next section, then the way back.
      const fold = form.querySelector("details.panel:not([open]) > summary");
      (fold ?? document.getElementById("next-section") ?? form.querySelector("[name=done]"))?.focus();
    }
  }

  form.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      event.target.dispatchEvent(new Event("change", { bubbles: true }));
      flush();
      return;
    }
    const line = lines.get(event.target.closest(".figure-line")?.dataset.code);
    if (!line?.isOpen || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const isText = event.target === line.fields.value;
    const isField = Object.values(line.fields).includes(event.target);
    if (event.key === "Enter" && isField) {
      event.preventDefault();
      go(event.target, event.shiftKey ? -1 : 1);
    } else if (isText && event.key === "ArrowDown") {
      event.preventDefault();
      go(event.target, 1);
    } else if (isText && event.key === "ArrowUp") {
      event.preventDefault();
      go(event.target, -1);
    }
  });

  // Coming from the section before, the hands stay on the keys.
  if (location.hash === "#first") {
    const fields = [...lines.values()].map((line) => line.fields.value).filter((one) => one && isShown(one));
    (fields.find((one) => !one.value) ?? fields[0] ?? form.querySelector("details.panel > summary"))?.focus();
  }
})();
