// Forms: submit on change, ask before unsaved input is lost, send once, focus the error summary.
(() => {
  for (const button of document.querySelectorAll("[data-autosubmit-button]")) button.hidden = true;

  // A text field waits for a pause in typing only if it asks for it; otherwise for Enter or leaving it.
  document.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-autosubmit]")) form.requestSubmit();
  });

  // Empty fields do not belong into a shared address.
  const filled = (form) => [...form.elements].filter((field) => field.name && field.value === "" && !field.disabled);
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "get") return;
    const empty = filled(form);
    for (const field of empty) field.disabled = true;
    setTimeout(() => { for (const field of empty) field.disabled = false; });
  });
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.detail.verb !== "get") return;
    for (const [name, value] of Object.entries(event.detail.parameters)) {
      if (value === "") delete event.detail.parameters[name];
    }
  });

  const unsaved = new Set();
  document.addEventListener("input", (event) => {
    const form = event.target.form;
    if (form?.matches("[data-unsaved]")) unsaved.add(form);
  });
  const kept = (event) => unsaved.delete(event.target.closest?.("form"));
  document.addEventListener("submit", kept);
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-unsaved]");
    if (event.detail.successful) kept(event);
    // What was refused as forbidden is sent again as a page, which keeps what was typed.
    else if (form && event.detail.xhr.status !== 403) unsaved.add(form);
  });
  addEventListener("beforeunload", (event) => {
    if ([...unsaved].some((form) => form.isConnected)) event.preventDefault();
  });

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.matches("[data-once]")) return;
    setTimeout(() => {
      for (const button of event.target.querySelectorAll("[type=submit]")) button.disabled = true;
    });
  });
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    for (const button of document.querySelectorAll("[data-once] [type=submit]")) button.disabled = false;
  });

  const focus = (root) => root.querySelector("[data-focus]")?.focus();
  focus(document);
  document.addEventListener("htmx:afterSettle", (event) => focus(event.detail.elt));
})();
