// The form that submits: Ctrl+Enter checks, and a file that is dropped is checked at once.
(() => {
  "use strict";
  const form = document.querySelector("[data-check]");
  if (!form) return;
  const box = form.querySelector("[data-check-box]");
  const file = form.querySelector("input[type=file]");
  const first = form.querySelector("[data-check-first]");
  for (const hint of form.querySelectorAll("[data-check-keys]")) hint.hidden = false;

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit(first);
  });
  box.addEventListener("input", () => {
    if (box.value) file.value = "";
  });

  const over = (event, is) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return false;
    event.preventDefault();
    form.classList.toggle("drop--over", is);
    return true;
  };
  document.addEventListener("dragover", (event) => over(event, true));
  document.addEventListener("dragleave", (event) => event.relatedTarget ?? over(event, false));
  document.addEventListener("drop", (event) => {
    if (!over(event, false) || !event.dataTransfer.files.length) return;
    const one = new DataTransfer();
    one.items.add(event.dataTransfer.files[0]);
    file.files = one.files;
    box.value = "";
    form.requestSubmit(first);
  });
})();
