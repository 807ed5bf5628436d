/* The cahier beyond HTML: a click on the symbol of column H points the line where one is; arrows travel from
   line to line, Enter opens one, P points it. Without this the symbol leads to a page with « Confirmation ». */
(function () {
  "use strict";

  const points = document.getElementById("points");
  if (!points || !window.htmx) return;

  function key() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  }

  function say(cell, words) {
    let note = document.getElementById("point-refused");
    if (!note) {
      note = document.createElement("p");
      note.id = "point-refused";
      note.className = "note gap";
      note.setAttribute("role", "alert");
      points.prepend(note);
    }
    note.textContent = words;
    note.scrollIntoView({ block: "nearest" });
  }

  let queue = Promise.resolve();
  function point(button) {
    if (button.hasAttribute("aria-busy")) return;
    button.setAttribute("aria-busy", "true");
    const cell = button.parentElement;
    const line = button.getAttribute("formaction");
    const values = { pointed: button.classList.contains("p1") ? "0" : "1", operation_key: key() };
    new FormData(points).forEach((value, name) => (values[name] = value));
    queue = queue.then(() =>
      htmx
        .ajax("POST", line, { source: button, target: button, swap: "outerHTML", values: values })
        .then(() => {
          const fresh = cell.querySelector('[formaction="' + line + '"]');
          if (fresh && document.activeElement === document.body) fresh.focus({ preventScroll: true });
          if (fresh) fresh.removeAttribute("aria-busy");
        })
    );
  }

  points.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status === 422) {
      event.detail.shouldSwap = false;
      say(event.target, event.detail.xhr.responseText);
    }
  });
  points.addEventListener("click", (event) => {
    const button = event.target.closest("button[formaction]");
    if (!button) return;
    event.preventDefault();
    point(button);
  });

  /* ---- From line to line ---- */

  function go(row, way) {
    let next = row;
    do next = way > 0 ? next.nextElementSibling : next.previousElementSibling;
    while (next && !next.id);
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  }

  points.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("select, input")) return;
    const row = event.target.closest("tbody tr");
    const region = event.target.closest(".ledger-scroll");
    if (!region) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (row) go(row, event.key === "ArrowDown" ? 1 : -1);
      else if (event.key === "ArrowDown") {
        const first = region.querySelector("tbody tr");
        first.tabIndex = -1;
        first.focus();
      }
    } else if (row && event.key === "Enter" && event.target === row) {
      const link = row.querySelector(".label a");
      if (link) link.click();
    } else if (row && (event.key === "p" || event.key === "P")) {
      const button = row.querySelector("button[formaction]");
      if (button) {
        event.preventDefault();
        const held = event.target === row;
        point(button);
        if (held) row.focus();
      }
    }
  });

  /* The sort and the filter now shown are those to come back to. */
  document.addEventListener("htmx:pushedIntoHistory", () => {
    try {
      sessionStorage.setItem("retkoop:cahier", location.pathname + location.search);
    } catch {
      /* storage is refused: « retour » in the links does it */
    }
  });
})();
