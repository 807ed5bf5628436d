/* The monthly screen: the difference follows each tick, each tick is saved at once, arrows go from box to box.
   Without this the boxes go together by « Enregistrer le pointage ». */
(function () {
  "use strict";

  const form = document.getElementById("pointage");
  const gap = document.getElementById("ecart");
  if (!form || !gap || !gap.closest(".bar") || !window.htmx) return; // a closed year is only read
  const boxes = () => Array.from(form.querySelectorAll("input[name=line]"));

  const { key, show } = window.retkoop;

  function count() {
    const ticked = boxes().filter((box) => box.checked);
    const counted = document.getElementById("pointees");
    if (counted) counted.textContent = ticked.length + " sur " + boxes().length;
    if (!form.dataset.closing) return;
    const sum = ticked.reduce((total, box) => total + Number(box.closest("tr").dataset.cents), Number(form.dataset.base));
    const cents = Number(form.dataset.closing) - sum;
    show(gap, cents);
    gap.closest(".bar").dataset.state = cents === 0 ? "ok" : "ko";
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
