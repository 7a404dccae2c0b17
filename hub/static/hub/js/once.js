// A form marked data-once is sent once, however often its button is pressed; a button
// marked data-again, which fetches a file, does not count.
(() => {
  "use strict";
  for (const form of document.querySelectorAll("form[data-once]")) {
    form.addEventListener("submit", (event) => {
      if (event.submitter?.hasAttribute("data-again")) return;
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "yes";
    });
    // Coming back by the history must not find a form that sends nothing.
    window.addEventListener("pageshow", () => delete form.dataset.sent);
  }
})();
