/* What the pages do beyond HTML; without it every page still works.
   - keeps what is being typed (forms marked data-keep), per person, and gives it back
   - guards against a second press on a button that sends
   - closes menus, remembers where one was in the cahier
   `retkoop` is what the scripts of the rooms share. */
(function () {
  "use strict";

  const PREFIX = "retkoop:";
  const WEEK = 7 * 24 * 3600 * 1000;
  const person = document.body.dataset.person || "";
  const unkept = new Set(["csrfmiddlewaretoken", "operation_key", "version"]);

  function attempt(act) {
    try {
      return act();
    } catch {
      return null; // no storage: the page works without
    }
  }

  const THIN = "\u202f";
  const padded = (text) => String(text).padStart(2, "0");

  /* « 1 234,50 » */
  function amount(cents) {
    const whole = String(Math.trunc(Math.abs(cents) / 100)).replace(/\B(?=(\d{3})+$)/g, THIN);
    return (cents < 0 ? "−" : "") + whole + "," + padded(Math.abs(cents) % 100);
  }

  /* Let the page know what a script has written in a field. */
  function changed(node) {
    for (const type of ["input", "change"]) node.dispatchEvent(new Event(type, { bubbles: true }));
  }

  function make(tag, facts, attributes) {
    const node = Object.assign(document.createElement(tag), facts);
    for (const name in attributes) node.setAttribute(name, attributes[name]);
    return node;
  }

  window.retkoop = {
    THIN,
    padded,
    amount,
    changed,
    make,
    key: () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => padded(byte.toString(16))).join(""),
    show(node, cents) {
      if (!node) return;
      node.dataset.cents = cents;
      node.textContent = amount(cents) + "\u00a0€";
    },
  };

  /* What is being typed */

  function keyOf(form) {
    return PREFIX + person + ":" + (form.dataset.keep || location.pathname);
  }

  function versionOf(form) {
    const field = form.querySelector("[name=version]");
    return field ? field.value : "";
  }

  function fieldsOf(form) {
    return Array.from(form.elements).filter(
      (e) => e.name && !unkept.has(e.name) && !["file", "password", "submit", "button", "hidden"].includes(e.type)
    );
  }

  function valuesOf(form) {
    return fieldsOf(form).map((e) => {
      const ticked = e.type === "checkbox" || e.type === "radio";
      return [e.name, ticked ? e.value : "", ticked ? e.checked : e.value];
    });
  }

  function put(form, values) {
    const found = new Map(values.map(([name, choice, value]) => [name + "\n" + choice, value]));
    fieldsOf(form).forEach((e) => {
      const ticked = e.type === "checkbox" || e.type === "radio";
      const value = found.get(e.name + "\n" + (ticked ? e.value : ""));
      if (value === undefined) return;
      if (ticked) e.checked = value;
      else e.value = value;
    });
    changed(form);
    form.dispatchEvent(new CustomEvent("retkoop:restored", { bubbles: true }));
  }

  function keep(form) {
    const text = JSON.stringify({ at: Date.now(), version: versionOf(form), values: valuesOf(form) });
    attempt(() => localStorage.setItem(keyOf(form), text));
  }

  function kept(form) {
    const text = attempt(() => localStorage.getItem(keyOf(form)));
    const found = text && attempt(() => JSON.parse(text));
    const usable = found && Date.now() - found.at < WEEK && found.version === versionOf(form);
    if (text && !usable) drop(keyOf(form));
    return usable ? found : null;
  }

  function drop(key) {
    attempt(() => localStorage.removeItem(key));
  }

  function forgetPerson() {
    attempt(() =>
      Object.keys(localStorage)
        .filter((key) => key.startsWith(PREFIX + person + ":"))
        .forEach((key) => localStorage.removeItem(key))
    );
    attempt(() => sessionStorage.clear());
  }

  function offer(form, original) {
    const note = make("div", { className: "note kept" }, { role: "status" });
    const words = make("div");
    const sentence = make("p", { textContent: "Nous avons retrouvé ce que vous étiez en train d’écrire." });
    const textContent = "Repartir d’une page propre";
    const button = make("button", { type: "button", className: "btn btn-small", textContent });
    button.addEventListener("click", () => {
      put(form, original);
      drop(keyOf(form));
      note.remove();
      const first = fieldsOf(form)[0];
      if (first) first.focus();
    });
    words.append(sentence, button);
    note.append(words);
    form.prepend(note);
  }

  /* A page shown again after a refusal already holds what was typed. */
  const status = attempt(() => performance.getEntriesByType("navigation")[0].responseStatus) || 0;
  const refused = status >= 400 || document.querySelector(".error-summary, [aria-invalid=true]") !== null;

  function settleSent() {
    const key = attempt(() => sessionStorage.getItem(PREFIX + "sent"));
    if (!key) return;
    attempt(() => sessionStorage.removeItem(PREFIX + "sent"));
    if (person && !refused && key.startsWith(PREFIX + person + ":")) drop(key);
  }

  let timer = 0;
  let waiting = null; // the form kept once the hand rests, or on leaving
  function keepNow() {
    clearTimeout(timer);
    if (waiting) keep(waiting);
    waiting = null;
  }

  function keepSoon(event) {
    const form = event.target.closest("form[data-keep]");
    if (!form || !person || !event.isTrusted) return;
    if (waiting !== form) keepNow();
    clearTimeout(timer);
    waiting = form;
    timer = setTimeout(keepNow, 250);
  }

  settleSent();
  if (person) {
    document.querySelectorAll("form[data-keep]").forEach((form) => {
      const found = kept(form);
      if (!found || refused) return;
      const original = valuesOf(form);
      if (JSON.stringify(original) === JSON.stringify(found.values)) return;
      put(form, found.values);
      offer(form, original);
    });
  }
  document.addEventListener("input", keepSoon);
  document.addEventListener("change", keepSoon);
  window.addEventListener("pagehide", keepNow);

  /* One press is enough */

  function release() {
    document.querySelectorAll("[data-busy]").forEach((button) => {
      button.disabled = false;
      delete button.dataset.busy;
    });
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    keepNow();
    if (form.matches("[data-logout]")) forgetPerson();
    if (form.matches("[data-keep]") && person) {
      keep(form);
      attempt(() => sessionStorage.setItem(PREFIX + "sent", keyOf(form)));
    }
    if (event.defaultPrevented || form.method === "get" || form.target === "_blank") return;
    setTimeout(() => {
      const buttons = Array.from(form.elements).filter((e) => e.type === "submit" && !e.disabled);
      buttons.forEach((button) => {
        button.disabled = true;
        button.dataset.busy = "";
      });
      setTimeout(release, 15000); // a download leaves the page where it is
    });
  });
  window.addEventListener("pageshow", release);

  /* Menus and the sheet « Plus » */

  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const menu = document.querySelector("details.menu[open]");
    if (menu) {
      menu.open = false;
      menu.querySelector("summary").focus();
    } else if (location.hash === "#plus") {
      location.hash = "contenu";
    }
  });

  const summary = document.querySelector(".error-summary");
  if (summary) summary.focus();

  /* Where one was in the cahier: its sort, its filter, its place */

  const book = () => document.querySelector("[data-keep-scroll]");
  const here = () => location.pathname + location.search;
  const place = () => PREFIX + "scroll:" + here();
  const BOOK = PREFIX + "cahier";

  function yearOf(address) {
    return new URL(address, location.href).searchParams.get("annee") || "";
  }

  const seen = () => attempt(() => sessionStorage.setItem(BOOK, here()));

  if (book()) {
    seen();
    document.addEventListener("cahier:shown", seen);
    const at = location.hash ? null : attempt(() => JSON.parse(sessionStorage.getItem(place())));
    if (at) {
      window.scrollTo(0, at.page);
      book().scrollTo(at.left, at.top);
    }
    window.addEventListener("pagehide", () => {
      const { scrollTop: top, scrollLeft: left } = book();
      attempt(() => sessionStorage.setItem(place(), JSON.stringify({ page: window.scrollY, top, left })));
    });
  }
  const last = attempt(() => sessionStorage.getItem(BOOK));
  document.querySelectorAll("a[data-back-to-book]").forEach((link) => {
    if (last && yearOf(last) === yearOf(link.href)) link.href = last;
  });
})();
