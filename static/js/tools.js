// Small helps: toasts, copying, printing, closing menus, the warning before an idle session ends.
(() => {
  const toasts = document.getElementById("toasts");

  function toast(text, level = "success") {
    if (!toasts || !text) return;
    const item = document.createElement("p");
    item.className = `toast toast-${level}`;
    item.textContent = text;
    toasts.append(item);
  }

  // Good news leaves by itself; bad news stays until it is clicked away.
  if (toasts) {
    new MutationObserver((changes) => {
      for (const change of changes) {
        for (const item of change.addedNodes) {
          if (item.nodeType === 1 && !item.classList.contains("toast-error")) setTimeout(() => item.remove(), 6000);
        }
      }
    }).observe(toasts, { childList: true });
    toasts.addEventListener("click", (event) => event.target.closest(".toast")?.remove());
  }

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Plain http in an office network has no clipboard interface.
      const field = document.createElement("textarea");
      field.value = text;
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    toast(toasts?.dataset.copied);
  }

  document.addEventListener("click", (event) => {
    const source = event.target.closest("[data-copy], [data-copy-from]");
    if (source) copy(source.dataset.copy ?? document.querySelector(source.dataset.copyFrom).textContent.trim());
    if (event.target.closest("[data-print]")) print();
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });

  // Signed out meanwhile, or in again as another: sent as a page, the form gets the page that keeps
  // what was typed and leads to the sign-in. Without the event of sending htmx does not see it.
  function sendAsPage(form, button) {
    if (button?.name) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: button.name, value: button.value });
      form.append(field);
    }
    HTMLFormElement.prototype.submit.call(form);
  }
  document.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr, requestConfig } = event.detail;
    const form = elt.closest("form[method=post]");
    if (xhr.status === 403 && form) sendAsPage(form, requestConfig?.triggeringEvent?.submitter);
    else toast(toasts?.dataset.failed, "error");
  });
  document.addEventListener("htmx:sendError", () => toast(toasts?.dataset.offline, "error"));

  const seconds = Number(document.body.dataset.idleSeconds);
  // A timer holds 24 days at most; longer sessions need no warning.
  if (seconds > 60 && seconds < 2e6) {
    let timer;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => toast(toasts?.dataset.idle, "error"), (seconds - 60) * 1000);
    };
    // Only a request keeps the session alive on the server.
    document.addEventListener("htmx:afterRequest", wait);
    wait();
  }
})();
