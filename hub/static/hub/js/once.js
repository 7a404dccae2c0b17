// A form marked data-once is sent once, however often its button is pressed.
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
    // Coming back by the history must not find a form that sends nothing.
    window.addEventListener("pageshow", () => delete form.dataset.sent);
  }
})();
