// The reviewer's keys: every one does what a link or a button on the page does too.
(() => {
  const root = document.querySelector("[data-review]");
  if (!root) return;
  const items = [...root.querySelectorAll("[data-item]")];
  const status = root.querySelector("[data-review-status]");
  const help = root.querySelector("[data-keys]");
  const on = root.querySelector("[data-keys-on]");
  const STORE = "yongke-review-keys";

  // A person who speaks or switches to the computer can turn single keys off (WCAG 2.1.4).
  try { on.checked = localStorage.getItem(STORE) !== "off"; } catch { /* a closed browser keeps nothing */ }
  on.addEventListener("change", () => {
    try { localStorage.setItem(STORE, on.checked ? "on" : "off"); } catch { /* nothing to keep */ }
  });

  const here = () => items.findIndex((item) => item.contains(document.activeElement));

  function go(index) {
    const item = items[index];
    if (!item) { status.textContent = status.dataset.end; return; }
    item.focus();
    item.scrollIntoView({ block: "start" });
    status.textContent = status.dataset.text.replace("%(place)s", index + 1).replace("%(count)s", items.length);
  }

  function open(from) {
    const next = items.findIndex((item, index) => index > from && item.hasAttribute("data-open"));
    go(next);
  }

  const current = () => items[here()];
  const keys = {
    n: () => go(here() + 1),
    j: () => go(here() + 1),
    p: () => go(Math.max(here(), 0) - 1),
    k: () => go(Math.max(here(), 0) - 1),
    o: () => open(here()),
    a: () => current()?.querySelector("[data-key=a]")?.focus(),
    r: () => current()?.querySelector("[data-decide] input[name=text]")?.focus(),
    c: () => {
      const remark = current()?.querySelector("[data-remark]");
      if (!remark) return;
      remark.open = true;
      remark.querySelector("textarea").focus();
    },
    e: () => {
      const tabs = [...root.querySelectorAll(".tabs")][0].querySelectorAll("a");
      const last = tabs[tabs.length - 1];
      (last.hasAttribute("aria-current") ? tabs[0] : last).click();
    },
    m: () => root.querySelector("[data-key=m]")?.focus(),
    "?": () => {
      help.open = !help.open;
      if (help.open) help.querySelector("summary").focus();
    },
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]")) return;
    if (!on.checked && event.key !== "?") return;
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
})();
