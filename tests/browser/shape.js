// What is wrong with a screen that no rule of accessibility says: sentences, or none.
() => {
  const main = document.querySelector("main");
  const seen = (element) => element.getClientRects().length > 0;
  const wrong = [];
  const [own, ...hub] = document.title.split(" · ");
  if (!own.trim() || hub.join() !== "Accord") wrong.push(`title: ${document.title}`);
  const heads = document.querySelectorAll("h1").length;
  if (heads !== 1) wrong.push(`headings of the first level: ${heads}`);
  const order = [...document.querySelectorAll("[tabindex]")].filter((each) => each.tabIndex > 0);
  if (order.length) wrong.push(`order of the focus is forced: ${order[0].outerHTML.slice(0, 80)}`);
  const loud = [...(main?.querySelectorAll(".btn-primary") ?? [])].filter(seen);
  if (loud.length > 1) wrong.push(`primary buttons: ${loud.map((each) => each.textContent.trim()).join(", ")}`);
  const narrow = window.innerWidth < 576;
  for (const box of narrow ? document.querySelectorAll(".table-box") : []) {
    const compares = box.querySelector("[rowspan], tfoot, .matrix, .changes");
    if (!compares && seen(box) && box.scrollWidth > box.clientWidth + 1)
      wrong.push(`does not fold: ${box.textContent.replace(/\s+/g, " ").trim().slice(0, 60)}`);
  }
  for (const each of main?.querySelectorAll("h1, h2, h3, p, dd, .btn, .badge") ?? []) {
    const clipped = getComputedStyle(each).overflowX === "hidden" && !each.matches(".visually-hidden");
    if (clipped && seen(each) && each.scrollWidth > each.clientWidth + 1)
      wrong.push(`clipped: ${each.textContent.trim().slice(0, 60)}`);
  }
  return wrong;
}
