// The look-up box: Enter for one line, dropped files, and what to do with chosen rows.
(() => {
  "use strict";
  const form = document.querySelector("[data-look]");
  const box = form.querySelector("[data-look-box]");
  const file = form.querySelector("input[type=file]");
  const name = form.querySelector("[data-look-file]");
  const answer = document.getElementById("answer");
  const unnamed = name.textContent;
  form.classList.add("look--live");
  for (const hint of document.querySelectorAll("[data-look-keys]")) hint.hidden = false;
  if (!answer.querySelector("[data-count], [role=alert]")) box.focus();

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    const asks = event.ctrlKey || event.metaKey || !box.value.trim().includes("\n");
    if (!asks || !box.value.trim()) return;
    event.preventDefault();
    form.requestSubmit();
  });

  const show = () => (name.textContent = file.files[0]?.name ?? unnamed);
  file.addEventListener("change", show);
  box.addEventListener("input", () => {
    if (box.value && file.files.length) {
      file.value = "";
      show();
    }
  });

  const over = (event, is) => {
    if (![...(event.dataTransfer?.types ?? [])].includes("Files")) return false;
    event.preventDefault();
    form.classList.toggle("look--over", is);
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
    show();
    form.requestSubmit();
  });

  const picks = () => [...answer.querySelectorAll("input[name=row]")];
  function refresh() {
    const chosen = picks().filter((each) => each.checked).length;
    const told = answer.querySelector("[data-chosen]");
    if (!told) return;
    told.hidden = false;
    told.textContent = `${chosen} chosen`;
    for (const button of answer.querySelectorAll("[data-row-act]")) {
      button.hidden = false;
      button.disabled = !chosen;
    }
    for (const button of answer.querySelectorAll("[name=as][value=csv], [data-row-submit]")) {
      button.disabled = !chosen;
    }
  }

  function live() {
    for (const all of answer.querySelectorAll("[data-all]")) all.hidden = false;
    refresh();
  }

  answer.addEventListener("change", (event) => {
    const all = event.target.closest("[data-all]");
    if (all) {
      for (const each of all.closest("table").querySelectorAll("input[name=row]")) {
        each.checked = all.checked;
      }
    }
    refresh();
  });

  answer.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const rows = picks().filter((each) => each.checked).map((each) => each.closest("[data-row]"));
    const lines =
      button.dataset.copy === "value"
        ? rows.map((row) => row.dataset.value)
        : rows.flatMap((row) =>
            [...row.querySelectorAll("[data-record]")].map((each) => each.dataset.record),
          );
    const told = answer.querySelector("[data-chosen]");
    try {
      await navigator.clipboard.writeText(lines.join("\n"));
      told.textContent = `${lines.length} copied`;
    } catch {
      told.textContent = "The browser does not let this page copy.";
    }
  });

  const fail = (text) => {
    const alert = document.createElement("div");
    alert.className = "alert alert-danger";
    alert.setAttribute("role", "alert");
    alert.textContent = text;
    answer.replaceChildren(alert);
  };
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target !== answer) return;
    live();
    answer.querySelector("[data-count]")?.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:responseError", (event) => {
    const status = event.detail.xhr.status;
    if (event.detail.target.id === "say-told") {
      event.detail.target.textContent = `Nothing was said (${status}).`;
      return;
    }
    if ([400, 413].includes(status)) return fail("Nothing was looked up: that is too much for once.");
    fail(`Nothing was looked up (${status}). Reload the page and try again.`);
  });
  document.addEventListener("htmx:sendError", (event) => {
    const text = "The hub cannot be reached. Try again.";
    if (event.detail.target.id === "say-told") event.detail.target.textContent = text;
    else fail(text);
  });
  live();
})();
