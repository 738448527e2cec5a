// Bundle the three faces' scripts and sheets into sipingtai/faces/static/faces/build/, print their sizes, and fail when
// a face is heavier than it may be: the phone must open where the signal is weak.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { iconSprite } from "./icons.mjs";
import { trimmedTabler } from "./tabler.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const out = fileURLToPath(new URL("../sipingtai/faces/static/faces/build/", import.meta.url));

// kB gzipped that a face's script and sheet may weigh together.
const allowance = { desk: 60, field: 20, public: 20 };

const tabler = {
  name: "trimmed-tabler",
  setup(plugin) {
    plugin.onResolve({ filter: /tabler\.css$/ }, () => ({ path: "tabler.css", namespace: "tabler" }));
    plugin.onLoad({ filter: /.*/, namespace: "tabler" }, () => ({ contents: trimmedTabler(), loader: "css" }));
  },
};

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
await build({
  absWorkingDir: here,
  entryPoints: Object.keys(allowance).flatMap((face) => [`${face}.ts`, `${face}.css`]),
  outdir: out,
  bundle: true,
  minify: true,
  format: "esm",
  charset: "utf8",
  legalComments: "none",
  // Browsers of 2021: what township offices and cheap phones still run.
  target: ["chrome87", "firefox86", "safari14.1"],
  plugins: [tabler],
  logLevel: "warning",
});
writeFileSync(`${out}icons.svg`, iconSprite());

const gzipped = (name) => gzipSync(readFileSync(out + name), { level: 9 }).length / 1024;
let heavy = false;
for (const [face, allowed] of Object.entries(allowance)) {
  const [script, sheet] = [gzipped(`${face}.js`), gzipped(`${face}.css`)];
  const over = script + sheet > allowed;
  heavy ||= over;
  console.log(
    `${face.padEnd(7)} script ${script.toFixed(1)} kB + sheet ${sheet.toFixed(1)} kB = ${(script + sheet).toFixed(1)} of ${allowed} kB gzipped${over ? "  TOO HEAVY" : ""}`,
  );
}
console.log(`icons   ${gzipped("icons.svg").toFixed(1)} kB gzipped`);
if (heavy) process.exit(1);
