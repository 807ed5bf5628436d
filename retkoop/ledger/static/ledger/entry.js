/* The entry form while one types: what is left to spread, the balances after, the proposals. Integer cents only.
   Everything here repeats what the server judges; without it the form works the same. */
(function () {
  "use strict";

  const { THIN, amount, changed, make, padded, show } = window.retkoop;

  /* The same tolerance as the server; null for what it would refuse. */
  function cents(text) {
    let body = text.replace(/[\u200b\u200e\u200f\u2060\ufeff]/g, "").replace(/\s+/g, " ").replace(/[−–‐‑﹣－]/g, "-").replace(/[’ʼ`´]/g, "'").trim();
    body = body.replace(/^(?:€|eur(?:os?)?\b\.?) ?| ?(?:€|eur(?:os?)?\.?)$/i, "").trim();
    if (!body) return 0;
    const [, ...signed] = /^\((.*)\)$|^-(.*)$|^(.*)-$|^\+?(.*)$/.exec(body);
    const sign = signed[3] === undefined ? -1 : 1;
    body = signed.find((part) => part !== undefined).trim();
    const spaced = /^([1-9]\d{0,2})((?: \d{3})+|(?:'\d{3})+)(?:[.,](\d{1,2}))?$/.exec(body);
    const plain = /^(\d+)(?:[.,](\d{1,2}))?$|^[.,](\d{1,2})$/.exec(body);
    const pointed = /^([1-9]\d{0,2})((?:\.\d{3})+|(?:,\d{3})+)([.,])(\d{1,2})$/.exec(body);
    let whole, part;
    if (plain) [whole, part] = [plain[1] || "0", plain[2] || plain[3]];
    else if (spaced) [whole, part] = [spaced[1] + spaced[2].replace(/\D/g, ""), spaced[3]];
    else if (pointed && pointed[3] !== pointed[2][0]) [whole, part] = [pointed[1] + pointed[2].replace(/\D/g, ""), pointed[4]];
    else return null;
    const value = Number(whole) * 100 + Number((part || "").padEnd(2, "0"));
    return Number.isSafeInteger(value) && value <= 1e11 ? sign * value : null;
  }

  const find = (form, name) => form.elements[name];
  const worth = (input) => (input ? cents(input.value) : 0);
  const total = (moves) => Object.values(moves).reduce((sum, value) => sum + value, 0);

  /* What moves, and where it goes */

  function direction(form) {
    const way = form.dataset.way;
    if (way === "recu") return 1;
    if (way === "coop") return find(form, "direction").value === "in" ? 1 : -1;
    return -1;
  }

  /* {treasury slug: cents}, null when an amount cannot be read. */
  function moved(form) {
    const moves = {};
    const add = (slug, value) => (moves[slug] = (moves[slug] || 0) + value);
    const way = form.dataset.way;
    if (way === "complet") {
      for (const input of form.querySelectorAll("[data-treasury]")) {
        const value = worth(input);
        if (value === null) return null;
        add(input.dataset.treasury, input.dataset.side === "in" ? value : -value);
      }
      return moves;
    }
    const value = worth(find(form, "amount"));
    if (value === null) return null;
    const places = Array.from(form.querySelectorAll("[data-balance]"));
    const chosen = find(form, "money") ? find(form, "money").value : "";
    const named = (kind) => places.find((place) => place.closest("li").className === kind);
    if (way === "depot" || way === "retrait") {
      const sign = way === "depot" ? 1 : -1;
      const bank = chosen || (named("bank") || { dataset: {} }).dataset.balance;
      add(bank, sign * value);
      if (named("cash")) add(named("cash").dataset.balance, -sign * value);
    } else add(chosen, direction(form) * value);
    return moves;
  }

  /* What is spread over the accounts, in the sense of the money; null when unreadable. */
  function spread(form, net) {
    const way = form.dataset.way;
    if (way === "coop") return net;
    const choice = find(form, "account");
    if (choice && choice.value && choice.value !== "plusieurs") return net;
    const refund = form.dataset.way !== "complet" || (find(form, "refund") && find(form, "refund").checked);
    let total = 0;
    for (const input of form.querySelectorAll("[data-account]")) {
      let value = worth(input);
      if (value === null) return null;
      const charge = input.dataset.kind === "charge";
      if (refund && value > 0 && net > 0 === charge) value = -value;
      total += charge ? -value : value;
    }
    return total;
  }

  /* A « remise de chèques »: its amount is the sum of its list. */
  function sumSlips(form) {
    const slips = Array.from(form.querySelectorAll("[data-slip]"));
    if (!slips.length) return;
    const total = slips.reduce((sum, input) => (sum === null || worth(input) === null ? null : sum + worth(input)), 0);
    find(form, "amount").value = total === null ? "?" : total ? amount(total) : "";
    if (total !== null) show(form.querySelector("[data-slips-total]"), total);
  }

  function addRows(form) {
    const rows = form.querySelectorAll(".deposit-row");
    const last = rows[rows.length - 1];
    for (let rank = rows.length + 1; rank <= rows.length + 5 && rank <= 200; rank++) {
      const copy = last.cloneNode(true);
      copy.dataset.row = rank;
      copy.querySelectorAll(".field-error").forEach((error) => error.remove());
      for (const label of copy.querySelectorAll("label")) {
        label.htmlFor = label.htmlFor.replace(/\d+$/, rank);
        label.textContent = label.textContent.replace(/\d+$/, rank);
      }
      for (const input of copy.querySelectorAll("input")) {
        input.name = input.name.replace(/\d+$/, rank);
        input.id = "id_" + input.name;
        input.value = "";
        input.removeAttribute("aria-invalid");
        input.removeAttribute("aria-describedby");
      }
      last.parentElement.append(copy);
    }
    const count = form.querySelectorAll(".deposit-row").length;
    find(form, "rows").value = count;
    document.getElementById("id_issuer_" + (rows.length + 1)).focus();
  }

  function reckon(form) {
    sumSlips(form);
    const moves = moved(form);
    const net = moves && total(moves);
    const given = moves && spread(form, net);
    const bar = form.querySelector("[data-bar]");
    const rest = form.querySelector("#reste-a-ventiler");
    if (moves === null || given === null) {
      bar.dataset.state = "ko";
      rest.dataset.cents = "";
      rest.textContent = "montant illisible";
      return;
    }
    const sense = net < 0 || (net === 0 && given < 0) ? -1 : 1;
    const words = net < 0 ? "Sortie" : net > 0 ? "Entrée" : "Trésorerie";
    form.querySelector("[data-moved-label]").textContent = words;
    show(form.querySelector("[data-moved]"), sense * net);
    show(form.querySelector("[data-spread]"), sense * given);
    show(rest, sense * (net - given));
    const empty = !Object.values(moves).some(Boolean);
    bar.dataset.state = empty ? "" : net === given ? "ok" : "ko";
    if (!empty && net === given) rest.textContent += " ✓";
    balances(form, moves);
    piece(form, net);
  }

  function balances(form, moves) {
    for (const place of form.querySelectorAll("[data-balance]")) {
      const change = find(form, "entry") ? 0 : moves[place.dataset.balance] || 0;
      const after = Number(place.dataset.now) + change;
      const words = place.closest("li").querySelector("[data-balance-words]");
      words.textContent = words.textContent.replace(/aujourd’hui|après cette écriture/, change ? "après cette écriture" : "aujourd’hui");
      show(place, after);
      if (after < 0) place.dataset.low = "";
      else delete place.dataset.low;
    }
  }

  /* A book that numbers its expenses D1, D2… and its receipts R1, R2…: the proposal follows the side. */
  function piece(form, net) {
    const chip = form.querySelector("[data-fill=id_piece]");
    if (!chip || !net) return;
    const wanted = net > 0 ? chip.dataset.in : chip.dataset.out;
    const input = find(form, "piece");
    if (!wanted || wanted === chip.dataset.value) return;
    if (input.value === chip.dataset.value) input.value = wanted;
    chip.dataset.value = wanted;
    chip.textContent = "numéro suivant" + THIN + ": " + wanted;
  }

  /* The account that the label calls for */

  let asked = 0;
  async function suggest(form) {
    const box = form.querySelector("#suggestion");
    const label = find(form, "label").value.trim();
    if (!box || form.dataset.way === "depot" || form.dataset.way === "retrait" || form.dataset.way === "coop") return;
    const turn = ++asked;
    if (label.length < 3) {
      box.textContent = "";
      return;
    }
    const net = total(moved(form) || {});
    const side = form.dataset.way === "recu" || net > 0 ? "in" : "out";
    const address = new URL(box.dataset.url, location.href);
    address.searchParams.set("libelle", label);
    address.searchParams.set("sens", side);
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer || !answer.ok || answer.redirected || turn !== asked) return;
    const found = await answer.json();
    box.textContent = "";
    if (!found.account) return;
    const textContent = found.title + " (sûr à " + found.confidence + "\u00a0%)";
    const button = make("button", { type: "button", className: "chip chip-suggest", textContent });
    button.dataset.apply = found.account;
    box.append(button);
  }

  function apply(form, account) {
    const choice = find(form, "account");
    if (choice) choice.value = account;
    else {
      const net = total(moved(form) || {});
      const input = find(form, "v_" + account);
      const left = net - (spread(form, net) || 0);
      if (input && left) input.value = amount(input.dataset.kind === "charge" ? -left : left);
      if (input) input.focus();
    }
    changed(form);
  }

  /* The calendar, beside the text that one may type */

  function calendar(form) {
    const input = find(form, "date");
    if (!input || input.dataset.calendar) return;
    input.dataset.calendar = "";
    const picker = make("input", { type: "date", tabIndex: -1 }, { "aria-hidden": "true" });
    if (typeof picker.showPicker !== "function") return;
    const facts = { type: "button", className: "btn day-button", textContent: "▾" };
    const button = make("button", facts, { "aria-label": "Choisir dans le calendrier" });
    button.addEventListener("click", () => {
      const typed = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(input.value.trim());
      if (typed) picker.value = [typed[3], padded(typed[2]), padded(typed[1])].join("-");
      picker.showPicker();
    });
    picker.addEventListener("change", () => {
      if (!picker.value) return;
      input.value = picker.value.split("-").reverse().join("/");
      changed(input);
    });
    input.parentElement.append(button, picker);
  }

  function begin() {
    const form = document.getElementById("ecriture");
    if (!form || form.dataset.begun) return;
    form.dataset.begun = "";
    calendar(form);
    reckon(form);
    if (find(form, "label") && find(form, "label").value && !find(form, "entry")) suggest(form);
  }

  let soon = 0;
  document.addEventListener("input", (event) => {
    const form = event.target.closest("#ecriture");
    if (!form) return;
    reckon(form);
    if (event.target.name === "label" || event.target.name === "amount" || event.target.dataset.treasury) {
      clearTimeout(soon);
      soon = setTimeout(() => suggest(form), 300);
    }
  });
  document.addEventListener("change", (event) => {
    const form = event.target.closest("#ecriture");
    if (!form) return;
    if (event.target.name === "cheque_next" && event.target.checked) {
      find(form, "cheque").value = event.target.value;
      if (!find(form, "means").value) find(form, "means").value = "cheque";
    }
    if (event.target.name === "account" && event.target.value === "plusieurs") form.querySelector("#plusieurs").open = true;
    reckon(form);
  });
  /* Beside zone 7, the help is narrowed without asking the server. */
  document.addEventListener("input", (event) => {
    if (!event.target.matches("[data-advice-search]")) return;
    const fold = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");
    const words = fold(event.target.value).split(/\s+/).filter(Boolean);
    for (const item of document.querySelectorAll("[data-advice]")) {
      const text = fold(item.textContent);
      item.hidden = !words.every((word) => text.includes(word));
    }
  });
  document.addEventListener("click", (event) => {
    const more = event.target.closest("[name=add_rows]");
    if (more) {
      event.preventDefault();
      addRows(more.form);
      return;
    }
    const button = event.target.closest("[data-fill], [data-apply]");
    const form = button && button.closest("#ecriture");
    if (!form) return;
    if (button.dataset.apply) apply(form, button.dataset.apply);
    else {
      const input = document.getElementById(button.dataset.fill);
      input.value = button.dataset.value;
      changed(input);
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("[data-advice-search]")) event.preventDefault();
  });
  document.addEventListener("retkoop:restored", begin);
  document.addEventListener("htmx:afterSettle", begin);
  begin();
})();
