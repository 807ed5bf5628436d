/* What is followed beside the entries: the total of a cash count, and what a line of detail leaves, as one types. */
(() => {
  "use strict";

  const { show } = window.retkoop;

  function count(form) {
    let total = 0;
    form.querySelectorAll("[data-piece]").forEach((field) => {
      const number = Number(field.value || 0);
      if (Number.isInteger(number) && number > 0) total += number * Number(field.dataset.piece);
    });
    const part = form.querySelector("#comparaison");
    show(part.querySelector("#total-compte"), total);
    if (part.dataset.book !== "") show(part.querySelector("#ecart"), total - Number(part.dataset.book));
    part.querySelectorAll("[data-gap]").forEach((gap) => (gap.hidden = false));
    part.querySelectorAll(":scope > p").forEach((sentence) => sentence.remove());
  }

  const form = document.querySelector("[data-cash-count]");
  if (form) {
    form.addEventListener("input", (event) => {
      if (event.target.matches("[data-piece]")) count(form);
    });
    /* What was being typed before the session was lost; a page that compared already says more. */
    const compared = form.querySelector("[data-gap]:not([hidden])");
    if (!compared && Array.from(form.querySelectorAll("[data-piece]")).some((field) => field.value)) count(form);
  }

  /* « 1 234,50 » as cents; NaN while it is not an amount. */
  function cents(text) {
    const plain = text.replace(/[\s€]/g, "").replace(",", ".");
    return /^\d+(\.\d{1,2})?$/.test(plain) ? Math.round(Number(plain) * 100) : NaN;
  }

  const line = document.querySelector("[data-left-to-detail]");
  if (line) {
    const field = document.getElementById(line.dataset.from);
    const left = Number(line.dataset.leftToDetail);
    const update = () => {
      const typed = cents(field.value);
      line.hidden = Number.isNaN(typed);
      const over = typed > left;
      line.firstElementChild.textContent = over ? line.dataset.over : line.dataset.left;
      if (!line.hidden) show(line.querySelector("[data-cents]"), Math.abs(left - typed));
    };
    field.addEventListener("input", update);
    update();
  }
})();
