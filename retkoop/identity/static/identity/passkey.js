/* Passkeys: the device is asked, its answer goes with the form. Where the browser knows none, the form stays hidden. */
(() => {
  "use strict";

  const form = document.querySelector("[data-passkey]");
  const known = window.PublicKeyCredential;
  if (!form || !known || !known.parseRequestOptionsFromJSON) return;
  const { ask, passkey } = form.dataset;
  const making = ask === "create";
  form.hidden = false;
  document.querySelectorAll("[data-no-passkey]").forEach((words) => (words.hidden = true));

  form.addEventListener("submit", async (event) => {
    const answer = form.elements.answer_secret;
    if (answer.value) return;
    event.preventDefault();
    const asked = JSON.parse(passkey);
    const publicKey = making ? known.parseCreationOptionsFromJSON(asked) : known.parseRequestOptionsFromJSON(asked);
    try {
      answer.value = JSON.stringify(await navigator.credentials[ask]({ publicKey }));
      form.requestSubmit();
    } catch (error) {
      form.querySelector("[role=status]").textContent =
        error.name === "InvalidStateError"
          ? "Cet appareil est déjà enregistré."
          : "L’appareil n’a pas répondu, ou vous avez renoncé. Vous pouvez recommencer.";
    }
  });
})();
