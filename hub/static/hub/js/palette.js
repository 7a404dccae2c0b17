// Ctrl+K: go to a place, act for another organization, look up what was typed, or open the
// record with that id. It knows what the page holds: the links of the navigation and the
// choices of the switch.
(() => {
  "use strict";
  const MOST = 12;
  const RECORD = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
  const opener = document.querySelector("[data-palette]");
  if (!opener) return;

  function make(name, about = {}, ...inside) {
    const element = Object.assign(document.createElement(name), about);
    element.append(...inside);
    return element;
  }

  function places() {
    return [...document.querySelectorAll(".side__link")].map((link) => ({
      text: link.textContent.trim(),
      about: "Go to",
      act: () => link.click(),
    }));
  }

  function organizations() {
    const select = document.getElementById("acting-organization");
    return [...(select?.options ?? [])]
      .filter((option) => !option.defaultSelected)
      .map((option) => ({
        text: option.textContent.trim(),
        about: "Act for",
        act: () => {
          select.value = option.value;
          select.form.requestSubmit();
        },
      }));
  }

  // By POST: a value is in no address.
  function lookUp(text) {
    const token = document.querySelector("[name=csrfmiddlewaretoken]");
    const form = make("form", { method: "post", action: opener.dataset.palette, hidden: true });
    form.append(
      make("input", { name: "csrfmiddlewaretoken", value: token.value }),
      make("input", { name: "lines", value: text }),
    );
    document.body.append(form);
    form.submit();
  }

  // Ids are random and stand in addresses; values never do.
  function openRecord(id) {
    location.assign(opener.dataset.record.replace(/[0-9a-f-]{36}/, id.toLowerCase()));
  }

  function found(text) {
    const words = text.toLowerCase().split(/\s+/).filter(Boolean);
    const all = [...places(), ...organizations()];
    const fit = all.filter(({ text: name, about }) => {
      const said = `${about} ${name}`.toLowerCase();
      return words.every((word) => said.includes(word));
    });
    const asks = text.trim() && opener.dataset.palette;
    const record = asks && RECORD.test(text.trim());
    const page = { text: text.trim(), about: "Open record", act: () => openRecord(text.trim()) };
    const ask = { text: text.trim(), about: "Look up", act: () => lookUp(text.trim()) };
    return [...fit.slice(0, MOST), ...(record ? [page] : []), ...(asks ? [ask] : [])];
  }

  function open() {
    if (document.querySelector("dialog[open]")) return;
    const input = make("input", {
      type: "text",
      className: "form-control",
      placeholder: "A place, an organization, or a value",
      autocomplete: "off",
      spellcheck: false,
    });
    const list = make("ul", { className: "palette__list", id: "palette-list" });
    const dialog = make("dialog", { className: "keys palette card" }, input, list);
    const about = {
      role: "combobox",
      "aria-label": "Go to a place, act for an organization, or look up a value",
      "aria-controls": "palette-list",
      "aria-expanded": "true",
      "aria-autocomplete": "list",
    };
    for (const [name, value] of Object.entries(about)) input.setAttribute(name, value);
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Choices");
    dialog.setAttribute("aria-label", "Go to");
    let choices = [];
    let here = 0;

    function mark() {
      [...list.children].forEach((item, n) => item.setAttribute("aria-selected", n === here));
      if (choices.length) input.setAttribute("aria-activedescendant", `palette-${here}`);
      else input.removeAttribute("aria-activedescendant");
      list.children[here]?.scrollIntoView({ block: "nearest" });
    }

    function take(choice) {
      dialog.close();
      choice?.act();
    }

    function show() {
      choices = found(input.value);
      here = 0;
      list.replaceChildren(
        ...choices.map((choice, n) => {
          const item = make(
            "li",
            { id: `palette-${n}`, className: "palette__item" },
            make("span", { className: "muted" }, choice.about),
            ` ${choice.text}`,
          );
          item.setAttribute("role", "option");
          item.addEventListener("click", () => take(choice));
          return item;
        }),
      );
      mark();
    }

    input.addEventListener("input", show);
    input.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step && choices.length) {
        here = (here + step + choices.length) % choices.length;
        mark();
        event.preventDefault();
      } else if (event.key === "Enter" && !event.isComposing) {
        event.preventDefault();
        take(choices[here]);
      }
    });
    dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
    dialog.addEventListener("close", () => dialog.remove());
    document.body.append(dialog);
    show();
    dialog.showModal();
    input.focus();
  }

  opener.hidden = false;
  opener.addEventListener("click", open);
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || event.shiftKey || event.altKey) return;
    if (!(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    open();
  });
})();
