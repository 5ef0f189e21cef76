// A column copied in a spreadsheet goes into a column of fields: looked at first, undone as a whole.
(() => {
  const { lines, note, later, call, say, tell, form } = window.returns ?? {};
  const dialog = document.getElementById("paste-dialog");
  if (!form || !dialog) return;
  const bar = document.getElementById("return-paste");
  let cells = [];
  let origin;
  // What the fields held before the last pasting, and what it put in: [line, before, after].
  let done = [];

  const isShown = (element) => element.checkVisibility?.() ?? element.offsetParent !== null;

  form.addEventListener("paste", async (event) => {
    const line = lines.get(event.target.closest(".figure-line")?.dataset.code);
    const text = event.clipboardData?.getData("text/plain") ?? "";
    // One cell is pasted as ever; Excel ends even that with a line break.
    if (!line?.isOpen || !/[\t\n\r]/.test(text.replace(/[\r\n]+$/, ""))) return;
    event.preventDefault();
    origin = event.target;
    const column = Object.keys(line.fields).find((part) => line.fields[part] === event.target);
    const from = [...lines.values()].filter((one) => isShown(one.element));
    const below = from.slice(from.indexOf(line));
    const { status, content } = await call(form.dataset.pasteUrl, {
      text,
      column,
      codes: JSON.stringify(below.map((one) => one.code)),
      locked: JSON.stringify(below.filter((one) => !one.isOpen).map((one) => one.code)),
    });
    if (status !== 200) return show(content.message || say("nopaste"));
    cells = content.cells;
    dialog.innerHTML = content.html;
    dialog.showModal();
  });

  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("[data-paste]");
    if (!button) return;
    dialog.close();
    if (button.dataset.paste === "accept") put();
  });
  dialog.addEventListener("close", () => origin?.focus());

  function fill(line, values) {
    line.show(values);
    note(line);
    later(line.code, 0);
  }

  function put() {
    done = [];
    for (const { code, ...values } of cells) {
      const line = lines.get(code);
      if (!line?.isOpen) continue;
      done.push([line, line.typed, values]);
      fill(line, values);
    }
    show(say("pasted", { count: done.length }), true);
  }

  // A field that was changed since keeps what was typed into it.
  function undo() {
    const left = done.filter(([line, , after]) => window.returns.same(line.typed, after));
    for (const [line, before] of left) fill(line, before);
    done = [];
    show(say("undone", { count: left.length }));
    origin?.focus();
  }

  function show(text, mayUndo = false) {
    bar.hidden = false;
    bar.replaceChildren(Object.assign(document.createElement("p"), { textContent: text }));
    tell(text);
    if (!mayUndo) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "button small secondary", textContent: say("undo") });
    button.addEventListener("click", undo);
    bar.append(button);
  }

  form.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key !== "z" || !done.length) return;
    // Typing since then is undone by the field itself.
    if (!done.every(([line, , after]) => window.returns.same(line.typed, after))) return;
    event.preventDefault();
    undo();
  });
})();
