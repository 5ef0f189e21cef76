// A line of the return on the page: its fields, what the server holds of it, and what is said of it.
(() => {
  const spaces = (window.returns ??= {});
  const PARTS = ["value", "qualifier", "blank", "quoted_from", "quoted_on"];
  const NOTHING = Object.fromEntries(PARTS.map((part) => [part, ""]));
  const words = document.getElementById("return-words")?.dataset ?? {};
  const form = document.querySelector("[data-return]");

  // A sentence of the page with its {blanks} filled in.
  const say = (name, values = {}) => (words[name] ?? "").replace(/\{(\w+)\}/g, (_, key) => values[key] ?? "");
  // The hour and minute of a time that the server named, on the server's clock.
  const clock = (iso) => iso.slice(11, 16);
  const same = (one, other) => PARTS.every((part) => (one[part] ?? "") === (other[part] ?? ""));

  class Line {
    constructor(element) {
      const { code, label, unit, before, uid, version } = element.dataset;
      Object.assign(this, { element, code, label, unit, before });
      this.base = { ...NOTHING, ...element.dataset, uid, version: Number(version) };
      this.fields = {};
      for (const part of PARTS) this.fields[part] = element.querySelector(`[name="${code}-${part}"]`);
      // A choice that came with the page is settled by sending the page.
      this.byForm = Boolean(element.querySelector("[data-conflict] input[type=radio]"));
    }

    get isOpen() { return Boolean(this.fields.value) && !this.byForm; }

    get typed() {
      const asked = PARTS.filter((part) => this.fields[part]);
      return Object.fromEntries(asked.map((part) => [part, this.fields[part].value]));
    }

    get isChanged() { return this.isOpen && !same({ ...this.base, ...this.typed }, this.base); }

    show(values) {
      for (const part of PARTS) if (this.fields[part] && this.fields[part].value !== (values[part] ?? "")) this.fields[part].value = values[part] ?? "";
    }

    // Take the figure as it is stored now (null: there is none), and show it unless told not to.
    take(figure, isShown = true) {
      this.base = figure ?? { uid: "", version: 0, ...NOTHING };
      if (isShown) this.show(this.base);
      const printed = this.element.querySelector("[data-printed]");
      if (printed) printed.textContent = figure?.printed ?? words.missing;
      this.#keepForm();
      const change = this.element.querySelector("[data-change]");
      if (!change) return;
      const [now, then] = [Number(this.base.value), Number(this.before)];
      const share = ((now - then) / Math.abs(then)) * 100;
      change.textContent = this.base.value !== "" && then ? `${share < 0 ? "" : "+"}${share.toFixed(1)}%` : "";
    }

    // The form sends the right version too, should it ever be sent without a script.
    #keepForm() {
      const set = (name, value) => {
        const field = form?.elements?.namedItem(name);
        if (field && "value" in field) field.value = value;
      };
      set(`${this.code}-version`, this.base.version || "");
      for (const part of PARTS) set(`initial-${this.code}-${part}`, this.base[part] ?? "");
    }

    state(text, kind = "") {
      const place = this.element.querySelector("[data-state]");
      place.textContent = text;
      place.dataset.state = kind;
    }

    error(text) {
      const place = this.element.querySelector("[data-errors]");
      const value = this.fields.value;
      this.element.classList.toggle("has-error", Boolean(text));
      place.replaceChildren();
      const help = document.getElementById(`id_${this.code}-value_helptext`)?.id ?? "";
      if (value) {
        value.removeAttribute("aria-invalid");
        if (help) value.setAttribute("aria-describedby", help);
        else value.removeAttribute("aria-describedby");
      }
      if (!text) return;
      const note = Object.assign(document.createElement("p"), { className: "field-error", id: `refused-${this.code}`, textContent: text });
      place.append(note);
      if (!value) return;
      value.setAttribute("aria-invalid", "true");
      value.setAttribute("aria-describedby", `${note.id} ${help}`.trim());
    }

    conflict(html) {
      this.element.querySelector("[data-conflict]").innerHTML = html;
      this.element.classList.toggle("has-conflict", Boolean(html));
    }

    finding(html) { this.element.querySelector("[data-finding]").innerHTML = html; }

    here(names) {
      let mark = this.element.querySelector(".here");
      if (!names.length) return mark?.remove();
      mark ??= this.element.querySelector(".field-name").appendChild(Object.assign(document.createElement("span"), { className: "here" }));
      mark.textContent = names.join("、");
    }
  }

  const lines = new Map();
  for (const element of document.querySelectorAll(".figure-line[data-code]")) {
    const line = new Line(element);
    lines.set(line.code, line);
  }
  Object.assign(spaces, { lines, say, clock, same, form, PARTS });
})();
