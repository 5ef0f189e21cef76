// Evidence: drop a file on a form or on a row, see how far the upload is, hear what the house says.
// Without this script the same form is sent as any other.
(() => {
  const drops = "[data-evidence-form], [data-evidence-drop]";

  function send(url, body, progress) {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest();
      request.open("POST", url);
      request.responseType = "document";
      request.upload.addEventListener("progress", (event) => {
        if (progress && event.lengthComputable) progress.value = (event.loaded / event.total) * 100;
      });
      request.addEventListener("load", () => resolve(request));
      request.addEventListener("error", reject);
      request.send(body);
    });
  }

  function token() {
    const headers = document.body.getAttribute("hx-headers");
    return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
  }

  function say(place, text) {
    place.querySelector(":scope > .evidence-said")?.remove();
    const line = document.createElement("p");
    line.className = "evidence-said alert alert-error";
    line.setAttribute("role", "alert");
    line.textContent = text;
    place.append(line);
  }

  // A form on its own page: sent in the background only for its progress, then the page is shown anew.
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    if (!form.matches("[data-evidence-form]") || !form.querySelector("[type=file]").files.length) return;
    event.preventDefault();
    const progress = form.querySelector("progress");
    const button = form.querySelector("[type=submit]");
    progress.hidden = false;
    button.disabled = true;
    try {
      const answer = await send(form.action, new FormData(form), progress);
      const refusal = answer.response?.querySelector(".alert-error, .errorlist");
      if (answer.status < 400) {
        location.reload();
        return;
      }
      say(form, refusal?.textContent.trim() || answer.statusText);
    } catch {
      say(form, form.dataset.offline);
    }
    progress.hidden = true;
    button.disabled = false;
  });

  // A file dropped on a row goes to that row's own list.
  async function drop(place, files) {
    for (const file of files) {
      const body = new FormData();
      body.append("csrfmiddlewaretoken", token());
      body.append("file", file);
      const answer = await send(place.dataset.evidenceDrop, body).catch(() => null);
      const refusal = answer?.response?.querySelector(".alert-error, .errorlist");
      if (!answer || answer.status >= 400) {
        say(place, `${file.name}: ${refusal?.textContent.trim() || answer?.statusText || place.dataset.offline}`);
        return;
      }
      const count = answer.response?.querySelector("[data-evidence-count]")?.dataset.evidenceCount;
      const shown = place.querySelector("[data-count]");
      if (shown && count) shown.textContent = count;
      else location.reload();
    }
  }

  document.addEventListener("dragover", (event) => {
    const place = event.target.closest?.(drops);
    if (!place || !event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    place.classList.add("is-over");
  });
  document.addEventListener("dragleave", (event) => event.target.closest?.(drops)?.classList.remove("is-over"));
  document.addEventListener("drop", (event) => {
    const place = event.target.closest?.(drops);
    if (!place || !event.dataTransfer?.files.length) return;
    event.preventDefault();
    place.classList.remove("is-over");
    if (place.matches("[data-evidence-form]")) {
      place.querySelector("[type=file]").files = event.dataTransfer.files;
    } else {
      drop(place, event.dataTransfer.files);
    }
  });
})();
