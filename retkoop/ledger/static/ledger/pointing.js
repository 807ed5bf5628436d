/* The monthly screen: the difference follows each tick, each tick is saved at once, arrows go from box to box.
   Without this the boxes go together by « Enregistrer le pointage ». */
(function () {
  "use strict";

  const form = document.getElementById("pointage");
  const gap = document.getElementById("ecart");
  if (!form || !gap || !gap.closest(".bar") || !window.htmx) return; // a closed year is only read
  const boxes = () => Array.from(form.querySelectorAll("input[name=line]"));

  function euros(cents) {
    const whole = Math.trunc(Math.abs(cents) / 100).toString().replace(/\B(?=(\d{3})+$)/g, "\u202f");
    const rest = String(Math.abs(cents) % 100).padStart(2, "0");
    return (cents < 0 ? "\u2212" : "") + whole + "," + rest + "\u00a0€";
  }

  function count() {
    const ticked = boxes().filter((box) => box.checked);
    const counted = document.getElementById("pointees");
    if (counted) counted.textContent = ticked.length + " sur " + boxes().length;
    if (!form.dataset.closing) return;
    const sum = ticked.reduce((total, box) => total + Number(box.closest("tr").dataset.cents), Number(form.dataset.base));
    const cents = Number(form.dataset.closing) - sum;
    gap.dataset.cents = cents;
    gap.textContent = euros(cents);
    gap.closest(".bar").dataset.state = cents === 0 ? "ok" : "ko";
  }

  function key() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join("");
  }

  let queue = Promise.resolve();
  function save(box) {
    const values = { pointed: box.checked ? "1" : "0", operation_key: key() };
    const path = form.getAttribute("action") + "ligne/" + box.value + "/";
    queue = queue.then(() => htmx.ajax("POST", path, { source: box, target: "#etat", swap: "outerHTML", values: values }));
  }

  form.addEventListener("change", (event) => {
    if (event.target.name !== "line") return;
    count();
    save(event.target);
  });
  form.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.xhr.status < 400) return;
    event.detail.shouldSwap = false;
    location.reload();
  });
  form.addEventListener("keydown", (event) => {
    if (event.target.name !== "line" || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const all = boxes();
    const next = all[all.indexOf(event.target) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) {
      event.preventDefault();
      next.focus();
    }
  });
  count();
})();
