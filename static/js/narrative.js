// A section of the narrative: counts, inserts figures where one writes, and saves itself.
(() => {
  const form = document.querySelector("form[data-narrative]");
  if (!form) return;
  const text = form.elements.text;
  const heading = form.elements.heading;
  const version = form.elements.version;
  const status = form.querySelector("[data-status]");
  const conflict = form.querySelector("[data-conflict]");
  const kept = `narrative ${location.pathname}`;
  const PAUSE = 1500;
  const AGAIN = 10000;

  // 字数, as the server counts it: a Chinese character or sign is one, a Latin word or number is one.
  const wide = "\u2E80-\u303F\u31C0-\u9FFF\uF900-\uFAFF\uFF00-\uFFEF“”‘’…—·";
  const words = new RegExp(`[${wide}]|[^\\s${wide}]+`, "g");
  const options = new Map([...form.elements.figure.options].map((option) => [option.value, option.dataset.told]));
  const told = (value) => value
    .replace(/\{\{\s*=([^{}\n]{1,60}?)\s*\}\}/g, "$1")
    .replace(/\{\{[^{}\n]*\}\}/g, (token) => options.get(token.replaceAll(/\s/g, "")) ?? token);
  const count = () => { form.querySelector("[data-count]").textContent = (told(text.value).match(words) ?? []).length; };

  const content = () => JSON.stringify([heading.value, text.value]);
  let saved = content();
  let timer;
  let busy = false;

  const remember = () => {
    try { localStorage.setItem(kept, JSON.stringify({ version: version.value, content: content() })); } catch { /* no room */ }
  };
  const forget = () => { try { localStorage.removeItem(kept); } catch { /* not allowed */ } };

  async function save() {
    clearTimeout(timer);
    if (busy || !conflict.hidden || content() === saved || !heading.value.trim() || !text.value.trim()) return;
    busy = true;
    const sent = content();
    const data = new FormData(form);
    data.delete("figure");
    try {
      const answer = await fetch(form.action, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "manual" });
      if (answer.type === "opaqueredirect" || answer.status === 401) { status.textContent = form.dataset.signedOut; later(AGAIN); return; }
      const told = (answer.headers.get("Content-Type") ?? "").startsWith("application/json") ? await answer.json() : {};
      if (answer.ok && told.version) {
        saved = sent;
        version.value = told.version;
        status.textContent = `${form.dataset.saved} ${told.saved}`;
        forget();
        if (new URL(told.url, location.href).pathname !== location.pathname) {
          history.replaceState(null, "", told.url);
          form.action = told.url;
        }
        if (content() !== saved) later(PAUSE);
      } else if (answer.status === 409 && told.theirs) {
        show(told);
      } else {
        status.textContent = told.refused ?? Object.values(told.errors ?? {}).flat().join(" ") ?? "";
        if (answer.status >= 500) later(AGAIN);
      }
    } catch {
      status.textContent = form.dataset.offlineWords;
      later(AGAIN);
    } finally {
      busy = false;
    }
  }
  const later = (pause) => { clearTimeout(timer); timer = setTimeout(save, pause); };

  // Somebody else saved meanwhile: both texts stand, what was typed stays in the field.
  function show(told) {
    conflict.hidden = false;
    conflict.querySelector("[data-theirs]").textContent = `${told.theirs.heading}\n${told.theirs.text}`;
    conflict.querySelector("[data-theirs-by]").textContent = `${told.by} · ${told.at}`;
    const decide = (change) => () => {
      change();
      version.value = told.version;
      conflict.hidden = true;
      typed();
      save();
    };
    conflict.querySelector("[data-keep-yours]").onclick = decide(() => {});
    conflict.querySelector("[data-take-theirs]").onclick = decide(() => {
      heading.value = told.theirs.heading;
      text.value = told.theirs.text;
      saved = content();
      forget();
    });
    conflict.querySelector("[data-keep-yours]").focus();
  }

  function typed() {
    count();
    if (content() === saved) return;
    remember();
    status.textContent = form.dataset.unsavedWords;
    later(PAUSE);
  }
  text.addEventListener("input", typed);
  heading.addEventListener("input", typed);
  text.addEventListener("blur", save);
  addEventListener("online", save);
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  form.addEventListener("submit", () => { clearTimeout(timer); busy = true; forget(); });
  addEventListener("beforeunload", (event) => { if (!busy && content() !== saved) event.preventDefault(); });

  form.querySelector("[data-insert]").addEventListener("click", (event) => {
    event.preventDefault();
    const token = form.elements.figure.value;
    if (!token) { form.elements.figure.focus(); return; }
    const mark = text.value.indexOf("{{}}");
    const [from, to] = mark >= 0 ? [mark, mark + 4] : [text.selectionStart, text.selectionEnd];
    text.setRangeText(token, from, to, "end");
    text.focus();
    typed();
  });

  // What a closed tab or an expired session left behind.
  try {
    const left = JSON.parse(localStorage.getItem(kept));
    if (left && left.content !== saved && !form.querySelector("[name=choice]")) {
      [heading.value, text.value] = JSON.parse(left.content);
      version.value = left.version;
      status.textContent = form.dataset.kept;
      count();
      later(PAUSE);
    }
  } catch { /* nothing is kept */ }
  count();
})();
