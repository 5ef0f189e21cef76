// What was typed and is not stored yet, kept in this browser until the server has it: one entry per
// person, return and figure. It outlives a closed tab, an ended session and a stopped server.
//
// A machine may be shared. Entries are encrypted with a key that only the signed-in person's own
// pages hold, where the browser can (https, or this machine itself); over plain http nothing between
// browser and server is secret, and they are kept as they are. Nobody's entries are shown to another.
(() => {
  const spaces = (window.returns ??= {});
  const bytes = (hex) => Uint8Array.from(hex.match(/../g), (pair) => parseInt(pair, 16));
  const pack = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));
  const unpack = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

  spaces.Outbox = class {
    #prefix;
    #key;
    #last = Promise.resolve();

    constructor(person, number, key) {
      this.#prefix = `yongke:${person}:${number}:`;
      this.#key = globalThis.crypto?.subtle
        ? crypto.subtle.importKey("raw", bytes(key), "AES-GCM", false, ["encrypt", "decrypt"])
        : null;
    }

    // Whether this browser keeps anything at all: a private window may not.
    get works() {
      try {
        localStorage.setItem(`${this.#prefix}`, "");
        localStorage.removeItem(`${this.#prefix}`);
        return true;
      } catch {
        return false;
      }
    }

    // One after the other: an older text never overtakes a newer one.
    #then(work) {
      this.#last = this.#last.then(work).catch(() => {});
      return this.#last;
    }

    put(code, entry) {
      const text = JSON.stringify(entry);
      return this.#then(async () => localStorage.setItem(this.#prefix + code, await this.#close(text)));
    }

    remove(code) {
      return this.#then(() => localStorage.removeItem(this.#prefix + code));
    }

    async all() {
      const found = [];
      let names = [];
      try { names = Object.keys(localStorage); } catch { /* nothing is kept here */ }
      for (const name of names) {
        if (!name.startsWith(this.#prefix) || name === this.#prefix) continue;
        try {
          found.push({ ...JSON.parse(await this.#open(localStorage.getItem(name))), code: name.slice(this.#prefix.length) });
        } catch {
          // Under another key: the server was set up anew since. Nobody can read it any more.
          localStorage.removeItem(name);
        }
      }
      return found.sort((one, other) => one.at - other.at);
    }

    async #close(text) {
      if (!this.#key) return `plain ${text}`;
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const data = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, await this.#key, new TextEncoder().encode(text));
      return `${pack(iv)} ${pack(data)}`;
    }

    async #open(kept) {
      const [head, ...rest] = kept.split(" ");
      if (head === "plain") return rest.join(" ");
      const data = await crypto.subtle.decrypt({ name: "AES-GCM", iv: unpack(head) }, await this.#key, unpack(rest[0]));
      return new TextDecoder().decode(data);
    }
  };
})();
