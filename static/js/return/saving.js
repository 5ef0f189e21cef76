// Every field saves itself. What is typed goes into the outbox at once and to the server at the
// next pause, or when the field is left; it leaves the outbox when the server has answered for it.
(() => {
  const { Outbox, lines, say, clock, same, form } = window.returns ?? {};
  if (!form) return;
  const { person, key, case: number, saveUrl, section, sectionName } = form.dataset;
  const PAUSE = 900;
  const AT_ONCE = 3;
  const outbox = new Outbox(person, number, key);
  const entries = new Map();
  const timers = new Map();
  const link = { online: true, signedIn: true, delivered: 0, savedAt: "" };
  let busy = 0;

  // Signing in gives a new secret; the cookie always holds the present one.
  const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements?.csrfmiddlewaretoken?.value ?? "";

  // Send a form to the server. Returns status and content; status 0 where there was no answer.
  async function call(url, values, options = {}) {
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "X-CSRFToken": token(), "X-Person": person, Accept: "application/json", ...options.headers },
        body: new URLSearchParams(values),
        redirect: "manual",
        keepalive: Boolean(options.keepalive),
      });
      const isOurs = answer.headers.get("Content-Type")?.startsWith("application/json");
      const content = isOurs ? await answer.json() : {};
      // Led elsewhere, or refused by what stands before the application: somebody has to sign in.
      const status = answer.type === "opaqueredirect" || (answer.status === 403 && !isOurs) ? 401 : answer.status;
      reached(status);
      return { status, content };
    } catch {
      reached(0);
      return { status: 0, content: {} };
    }
  }

  function reached(status) {
    link.online = status !== 0 && status < 500;
    if (link.online) link.signedIn = status !== 401;
  }

  const waits = (entry) => entry.state !== "refused" && entry.state !== "conflict";
  const payload = (sent) => ({ ...sent.typed, uid: sent.uid, version: sent.version || "" });

  function keep(entry) {
    const { code, busy: _busy, held: _held, theirs: _theirs, ...rest } = entry;
    outbox.put(code, rest);
  }

  function drop(entry) {
    entries.delete(entry.code);
    outbox.remove(entry.code);
  }

  // The person changed a line: keep what he typed, with the version that he read.
  function note(line) {
    if (!line.isOpen) return;
    const before = entries.get(line.code);
    if (!line.isChanged && !before?.sent) {
      if (before) drop(before);
      line.error("");
      line.conflict("");
      line.state("");
      return announce();
    }
    const entry = before ?? { code: line.code, label: line.label, section, sectionName, uid: line.base.uid, version: line.base.version };
    Object.assign(entry, { typed: line.typed, at: Date.now() });
    // A choice between two values is made by choosing, not by typing on.
    if (entry.state === "refused") entry.state = "";
    entries.set(line.code, entry);
    keep(entry);
    if (entry.state !== "conflict") {
      line.error("");
      line.state(say("unsaved"), "waiting");
    }
    announce();
  }

  function later(code, delay) {
    clearTimeout(timers.get(code));
    timers.set(code, setTimeout(() => { timers.delete(code); flush(); }, delay));
  }

  // Send what waits, oldest first, a few at once. What is being typed right now waits for its pause.
  function flush() {
    for (const entry of [...entries.values()].sort((one, other) => one.at - other.at)) {
      if (busy >= AT_ONCE) return;
      if (entry.busy || !waits(entry) || timers.has(entry.code)) continue;
      send(entry);
    }
    announce();
  }

  async function send(entry) {
    const line = lines.get(entry.code);
    // What went out without an answer goes out again as it was: it may have been stored.
    entry.sent ??= { typed: entry.typed, uid: entry.uid, version: entry.version };
    const { sent } = entry;
    entry.busy = true;
    busy += 1;
    keep(entry);
    if (line) line.state(say("saving"), "saving");
    announce();
    const { status, content } = await call(saveUrl.replace("-code-", entry.code), payload(sent));
    entry.busy = false;
    busy -= 1;
    if (status === 200) stored(entry, sent, content.figure, line);
    else if (status === 409) stale(entry, content, line);
    else if (status === 0 || status >= 500 || status === 401 || status === 429) {
      hold(entry);
      if (line) line.state(say(status === 401 ? "signin" : "network"), "waiting");
    } else refused(entry, content.message || say("refused"), line);
    announce();
    if (link.online && link.signedIn) flush();
  }

  // It could not be sent when it was typed; that it was sent after all is told.
  function hold(entry) {
    if (![...entries.values()].some((other) => other.held)) link.delivered = 0;
    entry.held = true;
  }

  function stored(entry, sent, figure, line) {
    entry.sent = null;
    if (entry.held) link.delivered += 1;
    entry.held = false;
    link.savedAt = figure ? clock(figure.at) : link.savedAt;
    const isDone = same(entry.typed, sent.typed);
    if (isDone) drop(entry);
    else {
      // Typed on meanwhile. Where a colleague saved on top of it, that is for the person to see.
      entry.uid = figure?.uid ?? "";
      entry.version = !figure ? 0 : figure.by ? sent.version + 1 : figure.version;
      keep(entry);
    }
    if (!line) return;
    line.error("");
    line.conflict("");
    line.take(figure, isDone);
    if (isDone && figure) line.state(figure.by ? say("changed", { name: figure.by, time: clock(figure.at) }) : say("saved", { time: clock(figure.at) }), figure.by ? "changed" : "saved");
    else if (isDone) line.state("");
    document.dispatchEvent(new CustomEvent("return:saved", { detail: { code: entry.code } }));
  }

  function stale(entry, { figure, html }, line) {
    Object.assign(entry, { sent: null, state: "conflict", theirs: figure });
    keep(entry);
    if (!line) return;
    line.error("");
    line.conflict(html);
    line.state(say("choose"), "refused");
    tell(`${entry.label}: ${say("choose")}`);
  }

  function refused(entry, message, line) {
    Object.assign(entry, { sent: null, state: "refused", message });
    keep(entry);
    if (!line) return;
    line.error(message);
    line.state(say("notsaved"), "refused");
    tell(`${entry.label}: ${message}`);
  }

  // One choice: mine is saved upon the version that I was shown, theirs takes the place of mine.
  function choose(line, choice) {
    const entry = entries.get(line.code);
    if (entry?.state !== "conflict") return;
    line.conflict("");
    const { theirs } = entry;
    if (choice === "theirs") {
      drop(entry);
      line.take(theirs);
      line.state(theirs ? say("changed", { name: theirs.by, time: clock(theirs.at) }) : "", "changed");
    } else {
      line.take(theirs, false);
      Object.assign(entry, { state: "", uid: theirs?.uid ?? "", version: theirs?.version ?? 0, typed: line.typed });
      keep(entry);
      flush();
    }
    line.fields.value.focus();
    announce();
  }

  // Spoken to who cannot see the line.
  function tell(text) {
    const place = document.getElementById("return-news");
    if (place) place.textContent = text;
  }

  function announce() { document.dispatchEvent(new CustomEvent("return:state")); }

  const lineOf = (target) => lines.get(target.closest?.(".figure-line")?.dataset.code);
  form.addEventListener("input", (event) => {
    const line = lineOf(event.target);
    if (!line?.isOpen) return;
    // A value takes the place of the reason why there was none.
    if (event.target === line.fields.value && event.target.value.trim()) line.fields.blank.value = "";
    note(line);
    later(line.code, PAUSE);
  });
  form.addEventListener("change", (event) => {
    const line = lineOf(event.target);
    if (!line?.isOpen) return;
    note(line);
    later(line.code, 0);
  });
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-choice]");
    if (button) choose(lineOf(button), button.dataset.choice);
  });
  addEventListener("online", () => flush());
  // The tab goes: what waits for a pause is sent without waiting for the answer.
  addEventListener("pagehide", () => {
    for (const code of timers.keys()) {
      const entry = entries.get(code);
      if (!entry || entry.busy || !waits(entry)) continue;
      entry.sent ??= { typed: entry.typed, uid: entry.uid, version: entry.version };
      keep(entry);
      call(saveUrl.replace("-code-", code), payload(entry.sent), { keepalive: true });
    }
  });

  // What was left of an earlier visit is shown in its field, and sent.
  async function restore() {
    const left = await outbox.all();
    for (const entry of left) {
      if (entries.has(entry.code)) continue;
      entry.state = "";
      entries.set(entry.code, entry);
      hold(entry);
      const line = lines.get(entry.code);
      if (!line?.isOpen) continue;
      line.show(entry.typed);
      line.state(say("network"), "waiting");
      line.element.closest("details")?.setAttribute("open", "");
    }
    announce();
    flush();
  }

  Object.assign(window.returns, { entries, outbox, link, note, later, flush, call, drop, waits, tell });
  // The form asks no more before it is left: nothing is lost by leaving.
  if (outbox.works) delete form.dataset.unsaved;
  window.returns.ready = restore();
})();
