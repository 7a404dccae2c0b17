// Keys for every screen, told by the page itself:
//   data-key="/"        anywhere: focuses a field, else clicks (data-key-help says what it does)
//   data-row            a row: j and k go down and up
//   data-row-key="x"    in a row: clicked by that key while one is in the row
// "?" shows all keys of the screen. Who types or wants no single keys is left alone.
(() => {
  "use strict";
  const STORE = "accord-keys-off";
  const FIELD = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
  const BUILT_IN = { j: "Next row", k: "Row before", x: "Choose the row", Enter: "Open the row" };

  const off = () => {
    try {
      return localStorage.getItem(STORE) === "yes";
    } catch {
      return false; // storage is forbidden: keys work
    }
  };
  const visible = (element) => element.getClientRects().length > 0;
  const named = (attribute, key, within = document) =>
    [...within.querySelectorAll(`[${attribute}]`)].filter(
      (element) => element.getAttribute(attribute) === key && !element.disabled,
    );

  const rows = () => [...document.querySelectorAll("[data-row]")].filter(visible);

  function go(step) {
    const all = rows();
    const here = all.findIndex((row) => row.contains(document.activeElement));
    const there = here < 0 ? (step > 0 ? 0 : all.length - 1) : here + step;
    const row = all[there];
    if (!row) return false;
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
    return true;
  }

  function inRow(key) {
    const row = document.activeElement?.closest("[data-row]");
    const [target] = row ? named("data-row-key", key, row) : [];
    if (!target) return false;
    // A link or a button that has the focus itself knows what Enter means.
    if (key === "Enter" && document.activeElement.matches("a, button")) return false;
    target.click();
    return true;
  }

  function anywhere(key) {
    const found = named("data-key", key);
    const target = found.find((element) => element.matches(FIELD)) ?? found[0];
    if (!target) return false;
    if (target.matches(FIELD)) {
      target.focus();
      target.select?.();
    } else target.click();
    return true;
  }

  function press(key) {
    if (key === "?") return help();
    if (key === "j") return go(1);
    if (key === "k") return go(-1);
    return inRow(key) || anywhere(key);
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (document.querySelector("dialog[open]")) return;
    const field = event.target.closest?.(FIELD);
    if (field && event.key === "Escape") return field.blur();
    if (field || (off() && event.key !== "?")) return;
    if (press(event.key)) event.preventDefault();
  });

  function known() {
    const keys = new Map();
    if (rows().length) {
      for (const key of ["j", "k"]) keys.set(key, BUILT_IN[key]);
      for (const element of document.querySelectorAll("[data-row-key]")) {
        const key = element.dataset.rowKey;
        keys.set(key, element.dataset.keyHelp ?? BUILT_IN[key] ?? element.textContent.trim());
      }
    }
    for (const element of document.querySelectorAll("[data-key]")) {
      keys.set(element.dataset.key, element.dataset.keyHelp ?? element.textContent.trim());
    }
    for (const element of document.querySelectorAll("[data-chord]")) {
      keys.set(element.dataset.chord, element.dataset.chordHelp);
    }
    keys.set("Esc", "Leave a field");
    return keys;
  }

  function make(name, about = {}, ...inside) {
    const element = Object.assign(document.createElement(name), about);
    element.append(...inside);
    return element;
  }

  function help() {
    const list = make("dl", { className: "keys__list" });
    for (const [key, text] of known()) {
      list.append(make("dt", {}, make("kbd", {}, key)), make("dd", {}, text));
    }
    const check = make("input", { type: "checkbox", className: "form-check-input", checked: !off() });
    check.addEventListener("change", () => {
      try {
        localStorage.setItem(STORE, check.checked ? "" : "yes");
      } catch {
        // not kept
      }
    });
    const close = make("button", { type: "button", className: "btn btn-sm" }, "Close");
    const dialog = make(
      "dialog",
      { className: "keys card" },
      make("h2", { className: "card-title", id: "keys-title" }, "Keys of this screen"),
      list,
      make("label", { className: "keys__switch" }, check, "Single keys are on"),
      close,
    );
    dialog.setAttribute("aria-labelledby", "keys-title");
    close.addEventListener("click", () => dialog.close());
    dialog.addEventListener("keydown", (event) => {
      if (event.key !== "?") return;
      event.preventDefault(); // or the page would show them again
      dialog.close();
    });
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    dialog.showModal();
    return true;
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-keys-help]")) {
      button.hidden = false;
      button.addEventListener("click", help);
    }
  });
})();
