/* The totals as one types: what a sum is worth, a sign in words, ENTER and « réactualiser les totaux » without leaving.
   The verdicts themselves come from the server (hx-post of the form); without this, the form is sent as any other. */
(() => {
  "use strict";

  const form = document.querySelector("form[data-crf]");
  if (!form) return;
  const money = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
  const SIGN = /[\u2212\u2013\u2010\u2011]/g;

  /* « 120 + 45,50 » as cents; NaN while it is not readable here (the server reads more spellings). */
  function cents(text) {
    const body = text.replace(SIGN, "-").replace(/[\s\u202f\u00a0€]/g, "").replace(/^=/, "");
    if (!/^[+-]?(\d+([.,]\d{1,2})?)([+-]\d+([.,]\d{1,2})?)*$/.test(body)) return NaN;
    return body.match(/[+-]?[\d.,]+/g).reduce((sum, term) => sum + Math.round(Number(term.replace(",", ".")) * 100), 0);
  }

  function isSum(text) {
    return /\d[^+-]*[+-].*\d/.test(text.replace(SIGN, "-"));
  }

  function words(field, value) {
    if (field.dataset.signed !== undefined && value) {
      if (field.name.startsWith("x_")) return value > 0 ? "reçus d’une autre coopérative" : "versés à une autre coopérative";
      return value > 0 ? "produit à recevoir" : "facture à payer";
    }
    return isSum(field.value) && !Number.isNaN(value) ? "= " + money.format(value / 100).replace("-", "\u2212") : "";
  }

  function tell(field) {
    const id = field.id + "_helptext";
    let help = document.getElementById(id);
    const said = words(field, cents(field.value));
    if (!help && !said) return;
    if (!help) {
      help = document.createElement("p");
      help.className = "help";
      help.id = id;
      field.closest(".line-field, .field").append(help);
    }
    help.textContent = said;
  }

  form.addEventListener("input", (event) => {
    if (event.target.matches("[data-sum]")) tell(event.target);
  });

  /* ---- One save at a time: the fields' keys change with each ---- */

  let flying = false;
  let leaving = false;
  let waiting = null;
  let asked = false;

  function unread() {
    return form.querySelector("#vivant-fin [data-saved=no], #vivant-fin [data-saved=stale]") !== null;
  }

  form.addEventListener("submit", (event) => {
    if (leaving || typeof htmx === "undefined") return;
    const submitter = event.submitter;
    if (flying) {
      event.preventDefault();
      event.stopImmediatePropagation();
      waiting = submitter;
    } else if (submitter && submitter.name === "reactualiser") {
      event.preventDefault();
      event.stopImmediatePropagation();
      asked = true;
      htmx.trigger(form, "change");
    } else {
      leaving = true;
    }
  }, true);

  document.body.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target !== form) return;
    if (leaving) event.preventDefault();
    else flying = true;
  });

  document.body.addEventListener("htmx:afterRequest", (event) => {
    if (event.target !== form) return;
    flying = false;
    const submitter = waiting;
    const show = asked;
    waiting = null;
    asked = false;
    if (submitter) {
      form.requestSubmit(submitter);
    } else if (show && (unread() || !event.detail.successful)) {
      leaving = true;
      form.requestSubmit(form.querySelector("[name=reactualiser]"));
    }
  });
})();
