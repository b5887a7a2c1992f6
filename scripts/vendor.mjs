// Copies the front-end files that pages load from node_modules to idp/static/vendor, which git ignores.
// Run after `npm ci --ignore-scripts`. Written to a name beside and moved: an interrupted run leaves no half file.
import { copyFileSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const FILES = {
  "@picocss/pico/css/pico.min.css": "pico.min.css",
  "@picocss/pico/LICENSE.md": "pico.LICENSE.md",
  "uplot/dist/uPlot.iife.min.js": "uplot.min.js",
  "uplot/dist/uPlot.min.css": "uplot.min.css",
  "uplot/LICENSE": "uplot.LICENSE",
};

const vendor = join(root, "idp", "static", "vendor");
mkdirSync(vendor, { recursive: true });
for (const [source, name] of Object.entries(FILES)) {
  copyFileSync(join(root, "node_modules", source), join(vendor, `${name}.part`));
  renameSync(join(vendor, `${name}.part`), join(vendor, name));
}
