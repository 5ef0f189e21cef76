// What the page says about saving as a whole: beside the button, and above the lines when something waits.
(() => {
  const { lines, entries, link, say, clock, drop, waits, flush, form } = window.returns ?? {};
  if (!form) return;
  const place = document.getElementById("save-state");
  const banner = document.getElementById("return-outbox");

  function update() {
    const waiting = [...entries.values()].filter(waits);
    const stuck = [...entries.values()].filter((entry) => !waits(entry));
    const isHeld = waiting.length > 0 && !(link.online && link.signedIn);
    if (place) {
      place.textContent = stuck.length ? say("stuck", { count: stuck.length })
        : isHeld ? say("held", { count: waiting.length })
        : waiting.length ? say("saving")
        : link.savedAt ? say("allsaved", { time: link.savedAt }) : "";
      place.dataset.state = stuck.length ? "refused" : isHeld ? "waiting" : waiting.length ? "saving" : "saved";
    }
    show(waiting, stuck, isHeld);
  }

  function show(waiting, stuck, isHeld) {
    const parts = [];
    const line = (text) => Object.assign(document.createElement("p"), { textContent: text });
    if (!link.signedIn) {
      const note = line(say(waiting.length ? "signedout" : "leftout", { count: waiting.length }));
      const way = Object.assign(document.createElement("a"), { className: "button small", href: form.dataset.login, target: "_blank", textContent: say("login") });
      parts.push(note, way);
    } else if (!link.online) parts.push(line(say(waiting.length ? "offline" : "alone", { count: waiting.length })));
    else if (link.delivered && !waiting.length) parts.push(line(say("sent", { count: link.delivered, time: link.savedAt })));
    // What belongs to another page of the return, or to a line that is locked now.
    for (const entry of stuck) {
      if (lines.get(entry.code)?.isOpen) continue;
      const text = [entry.typed.qualifier, entry.typed.value].join("");
      const why = entry.state === "conflict" ? say("choose") : entry.message;
      const note = line(`${say("left", { label: entry.label, text, why })} `);
      if (entry.section && entry.section !== form.dataset.section) {
        note.append(Object.assign(document.createElement("a"), { href: form.dataset.sectionUrl.replace(/0\/$/, `${entry.section}/`), textContent: entry.sectionName }));
      }
      const away = Object.assign(document.createElement("button"), { type: "button", className: "button small secondary", textContent: say("discard") });
      away.addEventListener("click", () => { drop(entry); lines.get(entry.code)?.error(""); update(); });
      note.append(" ", away);
      parts.push(note);
    }
    const text = parts.map((part) => part.textContent).join("|");
    if (banner.dataset.shown === text) return;
    banner.dataset.shown = text;
    banner.replaceChildren(...parts);
    banner.className = `alert ${!link.online || !link.signedIn || stuck.length ? "alert-warning" : "alert-success"}`;
    banner.hidden = !parts.length;
  }

  document.addEventListener("return:state", update);

  for (const button of document.querySelectorAll("[data-plain]")) button.hidden = true;
  form.addEventListener("submit", async (event) => {
    // A choice that came with the page goes the way of the page.
    if ([...lines.values()].some((line) => line.byForm)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    document.activeElement?.blur?.();
    const target = event.submitter?.name === "done" ? form.dataset.listUrl : "";
    await settled();
    const stuck = [...entries.values()].find((entry) => lines.get(entry.code)?.isOpen);
    if (stuck) lines.get(stuck.code).fields.value.focus();
    else if (target) location.assign(target);
  }, { capture: true });

  // Wait until everything is sent, at most for some seconds.
  async function settled() {
    for (let tries = 0; tries < 60; tries += 1) {
      await new Promise((done) => setTimeout(done, 50));
      if (![...entries.values()].some(waits) || !link.online || !link.signedIn) return;
      flush();
    }
  }
  window.returns.settled = settled;
  addEventListener("beforeunload", (event) => {
    if (!window.returns.outbox.works && entries.size) event.preventDefault();
  });
  update();
})();
