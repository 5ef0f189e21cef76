// Taking a table in: the clipboard's own table, source and result marking each other, keys.
(() => {
  const area = document.querySelector("[data-paste-table]");
  const html = document.querySelector("[data-pasted-html]");
  const said = document.querySelector("[data-paste-said]");
  if (area && html) {
    const clear = () => { html.value = ""; if (said) said.hidden = true; };
    let pasting = false;
    area.addEventListener("paste", (event) => {
      const found = event.clipboardData?.getData("text/html") ?? "";
      clear();
      if (!/<table/i.test(found)) return;
      html.value = found;
      pasting = true;
      if (said) said.hidden = false;
    });
    // A form's fields hold little; a long table goes as a file.
    area.form.addEventListener("submit", () => {
      const file = area.form.querySelector("input[type=file]");
      const text = html.value || area.value;
      if (text.length < 500000 || file.files.length) return;
      const carrier = new DataTransfer();
      carrier.items.add(new File([text], html.value ? "clipboard.html" : "clipboard.txt"));
      file.files = carrier.files;
      area.value = html.value = "";
    }, { capture: true });
    // What is typed by hand afterwards counts; the clipboard's table is then out of date.
    area.addEventListener("input", () => { if (!pasting) clear(); pasting = false; });
  }

  const review = document.querySelector("[data-review]");
  if (!review) return;

  function light(target) {
    for (const lit of review.querySelectorAll(".is-lit")) lit.classList.remove("is-lit");
    const cell = target.closest?.("[data-field], [data-for]");
    const row = cell?.closest("tr");
    if (!row) return;
    const names = (cell.dataset.field ?? cell.dataset.for).split(" ");
    for (const source of row.querySelectorAll("[data-for]")) {
      if (source.dataset.for.split(" ").some((name) => names.includes(name))) source.classList.add("is-lit");
    }
    for (const name of names) {
      row.querySelector(`[data-field="${CSS.escape(name)}"] .result-text`)?.classList.add("is-lit");
    }
  }
  review.addEventListener("mouseover", (event) => light(event.target));
  review.addEventListener("focusin", (event) => light(event.target));

  const doubts = () => [...document.querySelectorAll("#organisations [data-doubt]"), ...review.querySelectorAll("[data-doubt]")];
  const more = () => document.querySelector("[data-more]");
  let at = -1;
  let moved = -Infinity;
  let wanted = "";

  function go(step) {
    const all = doubts();
    // What is unsure on another page, or in another table, is a step further.
    if (!all.length) { more()?.focus(); return; }
    const here = all.indexOf(document.activeElement);
    at = here >= 0 ? here + step : step > 0 ? Math.min(Math.max(at, 0), all.length - 1) : at - 1;
    at = (at + all.length) % all.length;
    all[at].closest("details:not([open])")?.setAttribute("open", "");
    all[at].focus();
    all[at].scrollIntoView({ block: "center", inline: "nearest" });
    moved = -Infinity;
  }

  document.addEventListener("keydown", (event) => {
    const form = event.target.closest("[data-edit-row]");
    if (form && event.key === "Escape" && !event.isComposing) form.querySelector("[data-leave]")?.click();
    if (form && event.key === "Enter" && event.ctrlKey) form.requestSubmit();
    // A key held down, or pressed twice, would settle the next doubt before it was seen.
    if (event.key === "Enter" && event.target.matches("[data-doubt], [data-more], [data-next]") && (event.repeat || event.timeStamp - moved < 400)) event.preventDefault();
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, textarea, select")) return;
    if (event.key === "n") go(1);
    else if (event.key === "p") go(-1);
    else if (event.key === "u") document.querySelector("[data-key=u]:not(:disabled)")?.click();
    else if (event.key === "e") {
      wanted = event.target.closest("[data-field]")?.dataset.field ?? "";
      event.target.closest("tr")?.querySelector("[data-edit]")?.click();
    }
    else return;
    event.preventDefault();
  });

  review.addEventListener("htmx:configRequest", (event) => {
    if (wanted && event.detail.verb === "get") event.detail.parameters.field = wanted;
    wanted = "";
  });

  // A settled doubt is gone from the list: the one that took its place is the next.
  review.addEventListener("htmx:beforeRequest", () => {
    const here = doubts().indexOf(document.activeElement);
    if (here >= 0) at = here;
  });
  review.addEventListener("htmx:afterSettle", (event) => {
    if (document.activeElement && document.activeElement !== document.body) return;
    const all = doubts();
    if (event.target.querySelector?.("[data-focus]")) return;
    // Where nothing is unsure any more, the next thing to do is the next to have the focus.
    (all[at] ?? all[0] ?? more() ?? document.querySelector("[data-next]"))?.focus();
    moved = performance.now();
  });

  // A change that was undone: on to the doubt that is there again, once the browser has gone to its
  // line, which takes the focus away.
  addEventListener("load", () => setTimeout(() => {
    if (document.activeElement !== document.body) return;
    document.querySelector(":target")?.querySelector("[data-doubt]")?.focus();
  }));
})();
