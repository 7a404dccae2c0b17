// Beside each table of the page the link to its CSV. Without a script the foot of the page
// has one for all of them.
(() => {
  "use strict";
  const word = (text) =>
    text.replace(/[^A-Za-z0-9]+/g, "-").replace(/^-+|-+$/g, "").toLowerCase();
  const isOne = (link) => link.textContent.trim() === "CSV";
  const taken = [];
  for (const table of document.querySelectorAll("main table")) {
    const section = table.closest("section");
    const label = section?.getAttribute("aria-labelledby") || section?.getAttribute("aria-label") || "";
    const wanted = table.id || word(label) || String(taken.length + 1);
    const name = taken.includes(wanted) ? `${wanted}-${taken.length + 1}` : wanted;
    taken.push(name);
    const head = section?.querySelector(".card-header");
    if (!head || [...head.querySelectorAll("a")].some(isOne) || !table.tBodies[0]?.rows.length) continue;
    const address = new URL(location.href);
    address.searchParams.set("csv", name);
    address.hash = "";
    const link = document.createElement("a");
    link.href = address;
    link.className = "csv";
    link.dataset.csv = name;
    link.download = "";
    // Beside another download it says which of them it is.
    link.textContent = head.querySelector("a") ? "CSV of the table" : "CSV";
    const title = head.querySelector(".card-title") ?? head;
    link.setAttribute("aria-label", `${link.textContent}: ${title.textContent.trim()}`);
    head.append(link);
  }
})();
