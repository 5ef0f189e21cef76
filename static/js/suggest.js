// Suggestions while typing: a combobox over the search box. Without script the form works as it is.
(() => {
  let count = 0;
  for (const form of document.querySelectorAll("form[data-suggest]")) {
    const input = form.querySelector("input[type=search]");
    const list = form.querySelector("[role=listbox]");
    const status = form.querySelector("[role=status]");
    let timer, asked, current = -1;
    list.id = `suggestions-${++count}`;
    const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
    for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);

    const options = () => [...list.querySelectorAll("[role=option]")];
    function close() {
      list.hidden = true;
      current = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }
    function mark(place) {
      const all = options();
      current = (place + all.length + 1) % (all.length + 1);
      // One place beyond the last is the box itself.
      if (current === all.length) current = -1;
      all.forEach((option, number) => option.setAttribute("aria-selected", String(number === current)));
      if (current < 0) input.removeAttribute("aria-activedescendant");
      else {
        input.setAttribute("aria-activedescendant", all[current].id);
        all[current].scrollIntoView({ block: "nearest" });
      }
    }
    async function ask() {
      const text = input.value.trim();
      asked?.abort();
      if (!text) return close();
      asked = new AbortController();
      try {
        const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: text })}`, { signal: asked.signal });
        if (!answer.ok) return close();
        list.innerHTML = await answer.text();
      } catch {
        return close();
      }
      const all = options();
      all.forEach((option, number) => { option.id = `${list.id}-${number}`; });
      current = -1;
      list.hidden = !all.length;
      input.setAttribute("aria-expanded", String(!!all.length));
      status.textContent = all.length === 1 ? status.dataset.one : status.dataset.many.replace("#", all.length);
    }
    input.addEventListener("input", (event) => {
      clearTimeout(timer);
      // A syllable that is still being composed is no question yet.
      if (!event.isComposing) timer = setTimeout(ask, 150);
    });
    input.addEventListener("compositionend", () => { clearTimeout(timer); timer = setTimeout(ask, 50); });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) return void ask();
        mark(event.key === "ArrowDown" ? current + 1 : current < 0 ? options().length - 1 : current - 1);
      } else if (event.key === "Escape" && !list.hidden) {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && current >= 0) {
        event.preventDefault();
        location.assign(options()[current].dataset.url);
      }
    });
    form.addEventListener("focusout", (event) => { if (!form.contains(event.relatedTarget)) close(); });
    list.addEventListener("click", (event) => {
      const option = event.target.closest("[role=option]");
      if (option) location.assign(option.dataset.url);
    });
    // A press on an option must not take the focus away before the click arrives.
    list.addEventListener("mousedown", (event) => event.preventDefault());
  }
})();
