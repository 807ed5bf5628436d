/* The cahier beyond HTML: a click on the symbol of column H points the line where one is; arrows travel from
   line to line, Enter opens one, P points it. Without this the symbol leads to a page with « Confirmation ». */
(function () {
  "use strict";

  const points = document.getElementById("points");
  if (!points || !window.htmx) return;

  const { key, make } = window.retkoop;

  function say(words) {
    let note = document.getElementById("point-refused");
    if (!note) {
      note = make("p", { id: "point-refused", className: "note gap" }, { role: "alert" });
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
      say(event.detail.xhr.responseText);
    }
  });
  points.addEventListener("click", (event) => {
    const button = event.target.closest("button[formaction]");
    if (!button) return;
    event.preventDefault();
    point(button);
  });

  /* From line to line */

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

  /* Sort, filter, pages: only the table changes. By hand: 300 rows with an id are too many for htmx. */

  const filter = document.querySelector(".cahier-filter");
  const FIRST = 40;
  let asked = 0;

  /* The first lines are seen at once; the others follow, a handful at a time. */
  function append(body, rest, turn) {
    if (!rest.length || turn !== asked) return;
    setTimeout(() => {
      body.append(...rest.splice(0, 3 * FIRST));
      append(body, rest, turn);
    }, 60);
  }

  async function show(address, push) {
    const turn = ++asked;
    const table = document.getElementById("cahier-table");
    table.setAttribute("aria-busy", "true");
    const answer = await fetch(address, { headers: { "HX-Request": "true", "HX-Target": "cahier-table" } });
    if (answer.redirected || !answer.ok) {
      location.href = address;
      return;
    }
    const text = await answer.text();
    if (turn !== asked) return;
    const shelf = make("template", { innerHTML: text });
    const fresh = shelf.content.getElementById("cahier-table");
    const held = document.activeElement && document.activeElement.closest("thead a");
    const sorted = shelf.content.getElementById("cahier-tri");
    document.getElementById("cahier-tri").replaceWith(sorted);
    const left = table.querySelector(".ledger-scroll").scrollLeft;
    const body = fresh.querySelector("tbody");
    const rest = Array.from(body.rows).slice(FIRST);
    rest.forEach((row) => row.remove());
    table.replaceWith(fresh);
    append(body, rest, turn);
    fresh.querySelector(".ledger-scroll").scrollLeft = left;
    if (held) {
      const again = fresh.querySelector("thead [aria-sort] a");
      if (again) again.focus({ preventScroll: true });
    }
    if (push) history.pushState({}, "", fresh.dataset.here);
    document.dispatchEvent(new CustomEvent("cahier:shown"));
  }

  function chosen() {
    return filter.getAttribute("action") + "?" + new URLSearchParams(new FormData(filter));
  }

  points.addEventListener("click", (event) => {
    const link = event.target.closest("thead a, .pages a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(link.href, true);
  });
  let timer = 0;
  filter.addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => show(chosen(), true), event.target.type === "search" ? 200 : 0);
  });
  filter.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    show(chosen(), true);
  });
  window.addEventListener("popstate", () => location.reload());
})();
