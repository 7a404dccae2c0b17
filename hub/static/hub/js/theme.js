// Light or dark, and high contrast: the reader's choice, else the system's; set before the
// first paint. The choice of contrast is a cookie, so that the hub can write it into the page.
(() => {
  "use strict";
  const KEY = "accord-theme";
  const system = window.matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage is forbidden: follow the system
    }
  };
  const show = () => {
    const theme = chosen() ?? (system.matches ? "dark" : "light");
    document.documentElement.dataset.bsTheme = theme;
  };
  show();
  system.addEventListener("change", show);

  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-theme-switch]")) {
      button.hidden = false; // without JavaScript it would do nothing
      button.addEventListener("click", () => {
        const dark = document.documentElement.dataset.bsTheme === "dark";
        try {
          localStorage.setItem(KEY, dark ? "light" : "dark");
        } catch {
          // not kept, but shown for this page
        }
        document.documentElement.dataset.bsTheme = dark ? "light" : "dark";
      });
    }
  });

  const root = document.documentElement;
  const contrasts = window.matchMedia("(prefers-contrast: more)");
  const high = () => (root.dataset.contrast ?? (contrasts.matches ? "more" : "normal")) === "more";
  document.addEventListener("DOMContentLoaded", () => {
    for (const button of document.querySelectorAll("[data-contrast-switch]")) {
      const press = () => button.setAttribute("aria-pressed", high());
      button.hidden = false;
      press();
      contrasts.addEventListener("change", press);
      button.addEventListener("click", () => {
        root.dataset.contrast = high() ? "normal" : "more";
        const secure = location.protocol === "https:" ? "; Secure" : "";
        document.cookie = `contrast=${root.dataset.contrast}; Path=/; Max-Age=31536000; SameSite=Lax${secure}`;
        press();
      });
    }
  });

  // An open menu closes on Escape and on a click elsewhere.
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(except)) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => close(event.target));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close(null);
  });
})();
