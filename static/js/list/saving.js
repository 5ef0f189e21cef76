// A cell saves itself with the version of its row that was read; what is not stored yet is kept and sent again.
(() => {
  const grid = document.getElementById("list-grid");
  if (!grid) return;
  const state = document.getElementById("list-state");
  const dialog = document.getElementById("cell-choice");
  const say = (name) => grid.dataset[`say${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
  // What waits to be stored, by row: one after the other, so that a save is never stale against itself.
  const queues = new Map();
  // What was stored, in the order in which it was typed: rows are stored side by side.
  const done = [];
  let typed = 0;
  let problem = "";

  const token = () => document.cookie.split("; ").find((part) => part.startsWith("csrftoken="))?.slice(10)
    ?? document.querySelector("[name=csrfmiddlewaretoken]").value;
  const cellOf = (row, field) => row.querySelector(`[data-field="${CSS.escape(field)}"]`);

  function show() {
    const waiting = [...queues.values()].some((queue) => queue.length);
    state.textContent = problem || (waiting ? say("saving") : done.length ? say("saved") : "");
  }

  function fill(row, content) {
    row.dataset.version = content.version;
    for (const [field, { text, raw }] of Object.entries(content.cells)) {
      const cell = cellOf(row, field);
      // What somebody is typing into, or has typed since, stays.
      if (!cell || cell.classList.contains("is-editing") || queues.get(row)?.slice(1).some((job) => job.field === field)) continue;
      cell.dataset.raw = raw;
      cell.textContent = text;
      cell.classList.toggle("is-empty", !raw);
      cell.classList.remove("is-unsaved", "is-refused");
      cell.removeAttribute("aria-invalid");
    }
  }

  function refuse(cell, message) {
    cell.classList.remove("is-unsaved");
    cell.classList.add("is-refused");
    cell.setAttribute("aria-invalid", "true");
    cell.querySelector(".cell-error")?.remove();
    cell.append(Object.assign(document.createElement("span"), { className: "cell-error", textContent: message }));
    problem = `${say("refused")}: ${message}`;
  }

  function choose(row, job, content) {
    return new Promise((settle) => {
      dialog.innerHTML = content.html;
      let chosen = "theirs";
      dialog.onclick = (event) => {
        const button = event.target.closest("[data-choice]");
        if (!button) return;
        chosen = button.dataset.choice;
        dialog.close();
      };
      dialog.onclose = () => {
        row.dataset.version = content.row.version;
        if (chosen === "theirs") fill(row, content.row);
        cellOf(row, job.field).focus();
        settle(chosen === "yours");
      };
      dialog.showModal();
    });
  }

  // Return whether the job is settled; false: it is sent again as it is.
  async function send(row, job) {
    const body = new FormData();
    for (const [name, value] of Object.entries({ uid: row.dataset.uid, version: row.dataset.version, field: job.field, value: job.value })) body.append(name, value);
    const cell = cellOf(row, job.field);
    let answer;
    try {
      answer = await fetch(grid.dataset.url, { method: "POST", body, headers: { "X-CSRFToken": token(), "X-Person": grid.dataset.person } });
    } catch {
      problem = say("offline");
      return false;
    }
    problem = "";
    const content = answer.headers.get("content-type")?.includes("json") ? await answer.json() : {};
    if (answer.status === 200) {
      if (job.before !== undefined) {
        done.push({ row, field: job.field, before: job.before, number: job.number });
        done.sort((one, other) => one.number - other.number);
      }
      fill(row, content.row);
    } else if (answer.status === 409 && content.html) {
      if (await choose(row, job, content)) return false;
    } else if (answer.status === 401 || answer.status === 403 && !content.message) {
      problem = say("signedout");
      return false;
    } else if (answer.status >= 500) {
      problem = content.message || say("offline");
      return false;
    } else {
      refuse(cell, content.message || say("refused"));
    }
    return true;
  }

  async function run(row) {
    const queue = queues.get(row);
    while (queue.length) {
      show();
      if (await send(row, queue[0])) queue.shift();
      else if (problem) {
        show();
        await new Promise((next) => setTimeout(next, 3000));
      }
    }
    queues.delete(row);
    show();
  }

  function save(cell, value, text, canUndo = true) {
    const row = cell.closest("tr");
    const before = canUndo ? cell.dataset.raw : undefined;
    cell.dataset.raw = value;
    cell.textContent = text;
    cell.classList.add("is-unsaved");
    cell.classList.remove("is-refused", "is-empty");
    const job = { field: cell.dataset.field, value, before, number: (typed += 1) };
    if (queues.has(row)) queues.get(row).push(job);
    else {
      queues.set(row, [job]);
      run(row);
    }
  }

  // The last cell that was saved on this page, back as it was.
  function undo() {
    const last = done.pop();
    if (!last) return;
    const cell = cellOf(last.row, last.field);
    save(cell, last.before, last.before.split("\n").join("、"), false);
    cell.focus();
  }

  addEventListener("beforeunload", (event) => {
    if (queues.size) event.preventDefault();
  });
  window.lists = { grid, save, undo, say, cellOf };
})();
