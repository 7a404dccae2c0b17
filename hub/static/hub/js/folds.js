// On a phone every table that is a list folds into one: each cell gets the name of its
// column, as templates write it with data-label. Where cells span rows, or rows are
// compared by columns, it stays a table in a box that scrolls.
(() => {
  "use strict";
  const LISTS = ".table-box > table.table:not(.folds, .rows--folds, .matrix, .changes)";

  function fold(table) {
    const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((head) => head.textContent.trim());
    if (heads.length < 3 || table.querySelector("[rowspan], thead [colspan], tfoot")) return;
    for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
      let column = 0;
      for (const cell of row.cells) {
        if (column && cell.colSpan === 1 && heads[column]) cell.dataset.label ??= heads[column];
        column += cell.colSpan;
      }
    }
    table.classList.add("folds");
  }

  const all = (within) => within.querySelectorAll(LISTS).forEach(fold);
  all(document);
  document.addEventListener("htmx:afterSwap", (event) => all(event.target.parentElement ?? document));
})();
