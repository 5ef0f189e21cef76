// What others do in the return: who is where, what they saved, what the rules say now.
(() => {
  const { lines, entries, link, say, clock, call, flush, tell, form } = window.returns ?? {};
  if (!form) return;
  const { hearUrl, section } = form.dataset;
  // Milliseconds between two questions.
  const LOOKED_AT = 4000;
  const HIDDEN = 30000;
  const AFTER_SAVE = 1200;
  // A page waits this many times as long as the quicker of the last two answers took: a busy server
  // is asked less often, by every page alike, and saving goes before asking.
  const PATIENCE = 40;
  const LONGEST = 30000;
  let timer;
  let due = Infinity;
  let took = [0, 0];
  let digest = "";
  let toCheck = false;
  // Asking by itself does not keep a session alive; only a person does.
  let wasActive = true;
  let isAsking = false;

  for (const kind of ["input", "pointerdown", "keydown"]) {
    document.addEventListener(kind, () => { wasActive = true; }, { passive: true });
  }

  const field = () => document.activeElement?.closest?.(".figure-line")?.dataset.code ?? "";
  const versions = () => Object.fromEntries([...lines.values()].map((line) => [line.code, line.base.version]));

  async function ask() {
    if (isAsking) return;
    clearTimeout(timer);
    isAsking = true;
    const asked = versions();
    const began = performance.now();
    const { status, content } = await call(
      hearUrl,
      { section, field: field(), figures: JSON.stringify(asked), findings: digest, check: toCheck ? "on" : "", again: Math.ceil(pause() / 1000) },
      { headers: wasActive ? {} : { "X-Unattended": "1" } },
    );
    isAsking = false;
    took = [took[1], performance.now() - began];
    if (status === 200) {
      wasActive = false;
      if (content.checked) toCheck = false;
      hear(content, asked);
      flush();
    }
    document.dispatchEvent(new CustomEvent("return:state"));
    again(pause());
  }

  function pause() {
    if (document.hidden) return HIDDEN;
    return Math.min(LONGEST, Math.max(LOOKED_AT, PATIENCE * Math.min(...took)));
  }

  function again(delay) {
    clearTimeout(timer);
    due = performance.now() + delay;
    timer = setTimeout(ask, delay);
  }

  function hear(news, asked) {
    for (const [code, figure] of Object.entries(news.figures ?? {})) changed(lines.get(code), figure, asked[code]);
    if (news.digest) {
      digest = news.digest;
      for (const line of lines.values()) line.finding(news.findings[line.code] ?? "");
    }
    people(news.people);
    const closed = document.getElementById("return-closed");
    if (closed) closed.hidden = news.open || !form.querySelector("[name$='-value']");
  }

  function changed(line, figure, version) {
    // Saved by this page since it asked, or still being typed: the save itself will tell.
    if (!line || line.base.version !== version || line.byForm) return;
    if (entries.has(line.code)) {
      if (figure?.by) line.state(say("meanwhile", { name: figure.by, value: figure.printed }), "changed");
      return;
    }
    line.take(figure);
    if (!figure) return;
    line.state(figure.by ? say("changed", { name: figure.by, time: clock(figure.at) }) : say("saved", { time: clock(figure.at) }), figure.by ? "changed" : "saved");
    if (figure.by) tell(`${line.label}: ${figure.printed}. ${say("changed", { name: figure.by, time: clock(figure.at) })}`);
  }

  function people(here) {
    const place = document.getElementById("return-people");
    if (!place) return;
    const text = here.map((one) => {
      const line = one.section === Number(section) ? lines.get(one.field) : null;
      const where = line?.label ?? (one.section ? say("section", { number: one.section }) : say("sections"));
      return say("person", { name: one.name, where });
    });
    const all = text.length ? say("people", { people: text.join("、") }) : "";
    if (place.textContent !== all) place.textContent = all;
    for (const line of lines.values()) {
      line.here(here.filter((one) => one.section === Number(section) && one.field === line.code).map((one) => one.name));
    }
  }

  document.addEventListener("return:saved", () => {
    toCheck = true;
    // Never later than it was to be: who types without a stop is told, too.
    again(Math.min(due - performance.now(), pause() > LOOKED_AT ? pause() : AFTER_SAVE));
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(0); });
  addEventListener("online", () => again(0));
  window.returns.ready.then(ask);
  window.returns.ask = ask;
})();
