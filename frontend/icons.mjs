// The icons the templates name, as one sprite: <svg class="icon"><use href="…/icons.svg#clock"/></svg>.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);

/** One SVG of <symbol>s, one per name in icons.json ({ our name: Tabler's name }). A name Tabler lacks fails the build. */
export function iconSprite() {
  const names = JSON.parse(readFileSync(new URL("./icons.json", import.meta.url), "utf8"));
  const symbols = Object.entries(names).map(([ours, theirs]) => {
    const svg = readFileSync(require.resolve(`@tabler/icons/outline/${theirs}.svg`), "utf8");
    const inner = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>[\s\S]*$/g, "").replace(/\s*\n\s*/g, "").replace(/<path stroke="none"[^>]*>/, "");
    return `<symbol id="${ours}" viewBox="0 0 24 24">${inner}</symbol>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
}
