// Copies what the pages use out of node_modules into hub/static/vendor (committed), and
// what browser tests look for faults with into tests/browser/vendor.
// Run: npm ci && node vendor.mjs. The same lock gives the same bytes.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const OUT = "hub/static/vendor";
const TESTS = "tests/browser/vendor";

const FILES = {
  "tabler.css": ["@tabler/core", "dist/css/tabler.min.css"],
  "htmx.js": ["htmx.org", "dist/htmx.min.js"],
  "cytoscape.js": ["cytoscape", "dist/cytoscape.min.js"],
};

const ICONS = [
  "affiliate", "alert-triangle", "book", "chart-bar", "check", "clipboard-list", "copy", "download", "eye-off",
  "filter", "inbox", "key", "keyboard", "lock", "logout", "moon", "plug-connected", "search", "send",
  "settings", "shield-check", "sun", "switch-horizontal", "upload", "user", "users",
];

const sha256 = (text) => createHash("sha256").update(text).digest("hex");

let manifest = {};

function write(out, name, from, text) {
  const about = JSON.parse(readFileSync(`node_modules/${from}/package.json`, "utf8"));
  writeFileSync(`${out}/${name}`, text);
  manifest[name] = {
    package: from,
    version: about.version,
    license: about.license,
    sha256: sha256(text),
  };
}

function begin(out) {
  manifest = {};
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
}

function end(out) {
  writeFileSync(`${out}/VENDOR.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

// Source maps are not vendored, so nothing may point at them.
function plain(path) {
  return readFileSync(`node_modules/${path}`, "utf8")
    .replace(/\n?\/[/*][#@] sourceMappingURL=.*$/gm, "")
    .trimEnd() + "\n";
}

// One sprite: <svg class="icon"><use href=".../icons.svg#moon"></use></svg>.
function symbol(name) {
  const stroke = 'fill="none" stroke="currentColor" stroke-width="2"'
    + ' stroke-linecap="round" stroke-linejoin="round"';
  return readFileSync(`node_modules/@tabler/icons/icons/outline/${name}.svg`, "utf8")
    .replace(/<!--[\s\S]*?-->/g, "")
    .replace(/<svg[^>]*>/, `<symbol id="${name}" viewBox="0 0 24 24" ${stroke}>`)
    .replace("</svg>", "</symbol>")
    .replace(/\s*\n\s*/g, "");
}

begin(OUT);
for (const [name, [from, path]] of Object.entries(FILES)) {
  write(OUT, name, from, plain(`${from}/${path}`));
}
const sprite = ICONS.map(symbol).join("\n");
write(
  OUT,
  "icons.svg",
  "@tabler/icons",
  `<svg xmlns="http://www.w3.org/2000/svg">\n${sprite}\n</svg>\n`,
);
end(OUT);

begin(TESTS);
write(TESTS, "axe.js", "axe-core", plain("axe-core/axe.min.js"));
end(TESTS);
