// Copies the text of an element: <button data-copy-text="its-id" hidden>, with a
// [data-copy-said] inside that says what came of it. Without a script one selects.
(() => {
  "use strict";
  for (const button of document.querySelectorAll("[data-copy-text]")) {
    const from = document.getElementById(button.dataset.copyText);
    const said = button.querySelector("[data-copy-said]");
    if (!from || !said) continue;
    const before = said.textContent;
    said.setAttribute("role", "status");
    button.hidden = false;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(from.textContent);
        said.textContent = "Copied";
      } catch {
        getSelection().selectAllChildren(from); // forbidden: one key copies it
        said.textContent = "Selected";
      }
      setTimeout(() => (said.textContent = before), 2_000);
    });
  }
})();
