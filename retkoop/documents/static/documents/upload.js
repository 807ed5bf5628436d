/* Sends on choosing, dropping or photographing; says how far it is, then what was received. */
(function () {
  "use strict";

  const LIMIT = 26214400;
  const { THIN, key, make } = window.retkoop;

  function start(box) {
    const form = box.closest("form");
    const status = box.querySelector("[data-upload-status]");
    const progress = box.querySelector("[data-upload-progress]");
    const done = box.querySelector("[data-upload-done]");
    const button = box.querySelector("[data-upload-send]");
    const inputs = Array.from(box.querySelectorAll("[data-upload-files]"));
    const waiting = [];
    let busy = false;

    function say(words, refused) {
      status.textContent = words;
      status.classList.toggle("field-error", Boolean(refused));
    }

    function body(files) {
      const data = new FormData();
      data.append("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
      data.append("operation_key", key());
      files.forEach((file) => data.append("fichiers", file, file.name));
      return data;
    }

    function show(received) {
      received.forEach((one) => {
        const line = make("li");
        const href = one.url + "?retour=" + encodeURIComponent(location.pathname + location.search);
        line.append(make("a", { href, textContent: one.name }));
        const name = box.dataset.uploadLink;
        if (name) line.append(make("input", { type: "hidden", name, value: one.document }));
        done.append(line);
      });
      say(received.map((one) => one.sentence).join(" "));
      box.dispatchEvent(new CustomEvent("retkoop:received", { bubbles: true, detail: received }));
    }

    function answered(request) {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {} // a page, not ours
      if (answer.received) show(answer.received);
      else if (answer.refused) say(answer.refused, true);
      else if (request.responseURL.includes("/connexion/"))
        say("Votre session est terminée" + THIN + ": reconnectez-vous, puis choisissez de nouveau le fichier.", true);
      else say("Le fichier n’est pas arrivé. Choisissez-le de nouveau dans un instant.", true);
    }

    function next() {
      if (busy || !waiting.length) return;
      busy = true;
      const request = new XMLHttpRequest();
      request.open("POST", box.dataset.upload);
      request.setRequestHeader("X-Retkoop-Upload", "1");
      request.upload.addEventListener("progress", (event) => {
        if (!event.lengthComputable) return;
        progress.value = Math.round((100 * event.loaded) / event.total);
        if (event.loaded === event.total) say("Lecture du document…");
      });
      request.addEventListener("load", () => answered(request));
      request.addEventListener("error", () =>
        say("Le réseau s’est interrompu" + THIN + ": rien n’est perdu, choisissez de nouveau le fichier.", true)
      );
      request.addEventListener("loadend", () => {
        busy = false;
        progress.hidden = true;
        box.removeAttribute("aria-busy");
        next();
      });
      progress.value = 0;
      progress.hidden = false;
      box.setAttribute("aria-busy", "true");
      say("Envoi en cours…");
      request.send(body(waiting.shift()));
    }

    function send(files) {
      if (!files.length) return;
      const heavy = files.find((file) => file.size > LIMIT);
      if (heavy) {
        const weight = (heavy.size / 1048576).toFixed(1).replace(".", ",");
        say(
          "Ce fichier pèse " + weight + THIN + "Mo, la limite est de 25" + THIN +
            "Mo. Reprenez la photo à une taille plus petite, ou envoyez les pages en plusieurs fichiers.",
          true
        );
        return;
      }
      waiting.push(files);
      next();
    }

    function take(input) {
      const files = Array.from(input.files);
      input.value = ""; // sent now: the form around must not send it again
      send(files);
    }

    inputs.forEach((input) => input.addEventListener("change", () => take(input)));
    button.addEventListener("click", (event) => {
      event.preventDefault();
      if (!busy && !status.textContent) inputs[0].click();
    });
    box.addEventListener("dragover", (event) => {
      event.preventDefault();
      box.classList.add("upload-over");
    });
    box.addEventListener("dragleave", () => box.classList.remove("upload-over"));
    box.addEventListener("drop", (event) => {
      event.preventDefault();
      box.classList.remove("upload-over");
      send(Array.from(event.dataTransfer.files));
    });
    box.dataset.uploadReady = "";
    inputs.forEach(take); // on a slow line a file may be chosen before this script has come
  }

  function all(root) {
    root.querySelectorAll("[data-upload]:not([data-upload-ready])").forEach(start);
  }

  document.addEventListener("DOMContentLoaded", () => all(document));
  document.addEventListener("htmx:load", (event) => all(event.target.parentElement || event.target));
})();
