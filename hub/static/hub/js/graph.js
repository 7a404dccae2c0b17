// The graph of an observable, drawn; the list beside it holds the same and works by keys.
// The hub says what hangs together and what was cut; here it is only put together:
//   a node is opened by a double click or Enter, and folded by the same
//   nothing is drawn beyond the number that the page names, and what is not is said
// The style sheet of the page has the id under which the library would add its own, which
// the policy refuses.
(() => {
  "use strict";
  const box = document.querySelector("[data-pivot]");
  if (!box || typeof cytoscape !== "function") return;

  const MOST = Number(box.dataset.most);
  const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/;
  const DARK = {
    text: "rgb(226, 232, 240)", line: "rgb(96, 108, 128)", observable: "rgb(76, 154, 232)",
    label: "rgb(224, 155, 72)", host: "rgb(98, 184, 122)", value: "rgb(176, 140, 232)",
    here: "rgb(255, 214, 102)", back: "rgb(21, 27, 38)",
  };
  const LIGHT = {
    text: "rgb(31, 41, 55)", line: "rgb(148, 158, 174)", observable: "rgb(5, 85, 159)",
    label: "rgb(160, 74, 0)", host: "rgb(27, 110, 43)", value: "rgb(96, 54, 168)",
    here: "rgb(200, 30, 30)", back: "rgb(255, 255, 255)",
  };
  const MORE = {
    true: { text: "rgb(255, 255, 255)", line: "rgb(255, 255, 255)", back: "rgb(0, 0, 0)" },
    false: { text: "rgb(0, 0, 0)", line: "rgb(0, 0, 0)", back: "rgb(255, 255, 255)" },
  };
  const contrasts = window.matchMedia("(prefers-contrast: more)");
  const SHAPES = { observable: "ellipse", label: "round-diamond", host: "round-hexagon", value: "round-rectangle" };
  const part = (name) => box.querySelector(`[data-pivot-${name}]`);
  const list = part("list");

  const nodes = new Map(); // id: what the hub says of it
  const edges = new Map();
  const opened = new Map(); // id: what the hub answered, and which ids that brought
  let root = null;
  let asking = false;
  box.hidden = false;

  const cy = cytoscape({ container: part("draw"), elements: [], minZoom: 0.1, maxZoom: 3 });

  function style() {
    const { bsTheme, contrast } = document.documentElement.dataset;
    const dark = bsTheme === "dark";
    const high = (contrast ?? (contrasts.matches ? "more" : "normal")) === "more";
    const c = { ...(dark ? DARK : LIGHT), ...(high ? MORE[dark] : {}) };
    const kinds = Object.keys(SHAPES).map((kind) => ({
      selector: `node[kind = "${kind}"]`,
      style: { "background-color": c[kind], shape: SHAPES[kind] },
    }));
    cy.style([
      { selector: "node", style: {
        label: "data(short)", color: c.text, "font-size": 11, width: 22, height: 22,
        "text-valign": "bottom", "text-margin-y": 4,
        "text-background-color": c.back, "text-background-opacity": 0.8,
      } },
      ...kinds,
      { selector: "node[root]", style: { width: 34, height: 34, "border-width": 4, "border-color": c.here } },
      { selector: "node.open", style: { "border-width": 2, "border-color": c.text } },
      { selector: "node.here", style: { "border-width": 5, "border-color": c.here } },
      { selector: "edge", style: { width: 1.5, "line-color": c.line, "curve-style": "straight" } },
      { selector: ".dim", style: { opacity: 0.2 } },
      { selector: ".few", style: { display: "none" } },
    ]);
  }

  const short = (text) => (text.length > 26 ? `${text.slice(0, 14)}…${text.slice(-9)}` : text);
  const say = (text) => { part("said").textContent = text; };
  const many = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;

  function make(name, about = {}, ...inside) {
    const element = Object.assign(document.createElement(name), about);
    element.append(...inside);
    return element;
  }

  // Every hub is asked for by a record that bears it; no address holds what it says.
  function address(id, before) {
    const node = nodes.get(id);
    const hub = node.kind !== "observable";
    const url = new URL(box.dataset.pivot.replace(ID, hub ? node.bearer : node.opens), location.href);
    if (hub) url.searchParams.set("hub", id);
    if (before) url.searchParams.set("before", before);
    return url;
  }

  async function ask(url) {
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(`The hub answered ${answer.status}.`);
    return answer.json();
  }

  // What the hub told, added under the node that was opened; returns how many are new.
  function take(told, by) {
    const under = opened.get(by) ?? { answers: [], brought: new Set(), left: new Set() };
    let fresh = 0;
    for (const node of told.nodes) {
      if (!nodes.has(node.id) && nodes.size >= MOST) {
        under.left.add(node.id);
        continue;
      }
      if (!nodes.has(node.id)) {
        nodes.set(node.id, { ...node, bearer: told.release });
        fresh += 1;
      }
      under.left.delete(node.id);
      under.brought.add(node.id);
    }
    for (const edge of told.edges) {
      if (!nodes.has(edge.hub) || !nodes.has(edge.observable)) continue;
      const key = `${edge.hub} ${edge.observable}`;
      edges.set(key, edge);
      under.brought.add(key);
    }
    under.answers.push(told);
    under.next = told.next;
    opened.set(by, under);
    return fresh;
  }

  async function open(id, before) {
    if (asking) return;
    asking = true;
    say("Looking…");
    try {
      const fresh = take(await ask(address(id, before)), id);
      show(id);
      say(fresh ? `${many(fresh, "node")} added around ${short(nodes.get(id).text)}.` : "Nothing more that you may see hangs on it.");
    } catch (problem) {
      say(`It could not be opened. ${problem.message}`);
    } finally {
      asking = false;
    }
  }

  // What only this node brought goes, and what that brought; the rest is still held.
  function fold(id) {
    opened.delete(id);
    const held = new Set([root]);
    for (const key of held) for (const brought of opened.get(key)?.brought ?? []) held.add(brought);
    const before = nodes.size;
    for (const things of [nodes, edges, opened]) {
      for (const key of [...things.keys()]) if (!held.has(key)) things.delete(key);
    }
    return before - nodes.size;
  }

  function turn(id) {
    if (!nodes.has(id)) return;
    if (!opened.has(id)) {
      open(id);
      return;
    }
    const gone = fold(id);
    show();
    say(gone ? `${many(gone, "node")} folded.` : "Nothing hung on it alone.");
  }

  function show(around) {
    draw(around);
    fill();
    cuts();
    sift();
  }

  function draw(around) {
    cy.batch(() => {
      cy.elements().filter((each) => !nodes.has(each.id()) && !edges.has(each.id())).remove();
      const centre = around && cy.getElementById(around);
      const at = centre?.length ? centre.position() : { x: 0, y: 0 };
      const fresh = [...nodes].filter(([id]) => !cy.getElementById(id).length);
      fresh.forEach(([id, node], n) => {
        const angle = (2 * Math.PI * n) / fresh.length;
        const far = id === root ? 0 : 90 + 12 * (n % 5);
        cy.add({
          group: "nodes",
          data: { id, kind: node.kind, short: short(node.text), ...(id === root ? { root: true } : {}) },
          position: { x: at.x + far * Math.cos(angle), y: at.y + far * Math.sin(angle) },
        });
      });
      for (const [key, edge] of edges) {
        if (cy.getElementById(key).length) continue;
        cy.add({ group: "edges", data: { id: key, source: edge.hub, target: edge.observable } });
      }
      cy.nodes().forEach((each) => { each.toggleClass("open", opened.has(each.id())); });
    });
    if (around) {
      cy.layout({
        name: "cose", animate: false, randomize: false, fit: true, padding: 40,
        idealEdgeLength: () => 70, nodeRepulsion: () => 9000, nodeOverlap: 12,
        numIter: Math.max(100, Math.round(60000 / (nodes.size + 20))),
      }).run();
      fit();
    }
  }

  // Few nodes are not blown up to the size of the box.
  function fit() {
    cy.fit(cy.elements(":visible"), 40);
    if (cy.zoom() > 1.4) {
      cy.zoom(1.4);
      cy.center(cy.elements(":visible"));
    }
  }

  const degree = (id) => cy.getElementById(id).degree(false);

  function row(id, node) {
    const joins = make("small");
    const button = make("button", { type: "button", className: "pivot__expand mono" }, node.text, joins);
    button.dataset.node = id;
    button.dataset.rowKey = "Enter";
    button.dataset.keyHelp = "Open or fold the node";
    button.addEventListener("click", () => turn(id));
    button.addEventListener("focus", () => mark(id));
    const item = make("li", { className: "pivot__node", tabIndex: -1 }, button);
    item.dataset.row = "";
    item.addEventListener("focus", () => mark(id));
    const further = make("button", { type: "button", className: "btn btn-sm", hidden: true }, "Further");
    further.setAttribute("aria-label", `Look further for what hangs on ${node.text}`);
    further.addEventListener("click", () => open(id, opened.get(id)?.next));
    item.append(further);
    if (node.opens) {
      const page = make("a", { className: "btn btn-sm", href: box.dataset.indicator.replace(ID, node.opens) }, "Page");
      page.setAttribute("aria-label", `Page of ${node.text}`);
      item.append(page);
    }
    return item;
  }

  // Rows stay while their nodes do, so that the focus does.
  function fill() {
    const rows = new Map([...list.children].map((item) => [item.firstChild.dataset.node, item]));
    for (const [id, item] of rows) if (!nodes.has(id)) item.remove();
    for (const [id, node] of nodes) {
      const item = rows.get(id) ?? list.appendChild(row(id, node));
      const [button, further] = item.children;
      button.setAttribute("aria-expanded", opened.has(id));
      const told = [node.type?.replaceAll("_", " ") ?? node.kind, node.collection?.name, many(degree(id), "join")];
      button.querySelector("small").textContent = told.filter(Boolean).join(" · ");
      further.hidden = !opened.get(id)?.next;
    }
  }

  function cuts() {
    const said = new Set();
    for (const [id, under] of opened) {
      const name = short(nodes.get(id).text);
      for (const told of under.answers) {
        if (told.correlation.over_correlating) said.add(`${name}: ${told.correlation.reason}`);
        for (const cut of told.cuts) said.add(`Not drawn: ${cut.sentence}`);
        const looked = told.looked.map((each) => `${many(each.records, "record")} of “${each.collection.name}”${each.more ? "" : ", down to its beginning"}`);
        if (looked.length) said.add(`Looked through for ${name}: ${looked.join("; ")}.`);
      }
      if (under.left.size) said.add(`Not drawn: ${many(under.left.size, "node")} around ${name}; the graph holds ${MOST}.`);
    }
    part("cuts").replaceChildren(...[...said].map((text) => make("p", {}, text)));
  }

  function mark(id) {
    cy.nodes().removeClass("here");
    const node = cy.getElementById(id).addClass("here");
    if (!node.length) return;
    const at = node.renderedPosition();
    const inside = at.x > 0 && at.y > 0 && at.x < cy.width() && at.y < cy.height();
    if (!inside) cy.center(node);
  }

  // What is searched for stands out; what has fewer joins than asked is out of sight.
  function sift() {
    const text = part("find").value.trim().toLowerCase();
    const least = Math.max(1, Number(part("degree").value) || 1);
    let few = 0;
    for (const item of list.children) {
      const id = item.firstChild.dataset.node;
      const thin = id !== root && degree(id) < least;
      const fits = !text || nodes.get(id).text.toLowerCase().includes(text);
      few += thin;
      cy.getElementById(id).toggleClass("few", thin).toggleClass("dim", !fits);
      item.hidden = thin || !fits;
    }
    box.dataset.hidden = few;
  }

  cy.on("dbltap", "node", (event) => turn(event.target.id()));
  cy.on("tap", "node", (event) => mark(event.target.id()));
  part("find").addEventListener("input", sift);
  part("find").addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    [...list.children].find((item) => !item.hidden)?.firstChild.focus();
  });
  part("degree").addEventListener("input", () => {
    sift();
    const few = Number(box.dataset.hidden);
    say(few ? `${many(few, "node")} with fewer joins out of sight.` : "");
  });
  part("fit").addEventListener("click", fit);
  window.addEventListener("resize", () => {
    cy.resize();
    fit();
  });
  new MutationObserver(style).observe(document.documentElement, { attributeFilter: ["data-bs-theme", "data-contrast"] });
  contrasts.addEventListener("change", style);
  style();

  ask(new URL(box.dataset.pivot, location.href)).then((told) => {
    root = told.centre;
    const fresh = take(told, root);
    show(root);
    say(fresh > 1 ? `${many(fresh, "node")}.` : "Nothing that you may see hangs on it, as far as was looked.");
  }).catch((problem) => say(`The graph could not be drawn. ${problem.message}`));
})();
