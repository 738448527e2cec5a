// Tabler's stylesheet is 635 kB (79 kB gzipped), most of it colours and components that our tokens and parts replace, and
// its colours need a browser younger than those in many offices. We keep its layout grid and its spacing, flex and text
// utilities: only rules all of whose classes belong to a family below, and only the variables those rules read.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const source = createRequire(import.meta.url).resolve("@tabler/core/dist/css/tabler.min.css");
const size = "(?:-(?:sm|md|lg|xl))?";
const families = new RegExp(
  `^\\.(?:row|col${size}(?:-(?:auto|\\d+))?|g[xy]?${size}-\\d|[mp][tbsexy]?${size}-(?:\\d|auto)|gap${size}-\\d|` +
    `d${size}-(?:none|block|inline|inline-block|flex|inline-flex|grid)|flex${size}-(?:row|column|fill|wrap|nowrap|grow-\\d|shrink-\\d)|` +
    `(?:justify-content|align-items|align-self)${size}-(?:start|end|center|between|baseline|stretch)|` +
    `text-(?:start|end|center|nowrap|truncate)|w-100|h-100|ms-auto|overflow-(?:auto|hidden))$`,
);

/** Split a stylesheet into its top-level rules: [{ head, body }]. */
function rules(css) {
  const found = [];
  for (let at = 0; at < css.length; ) {
    const open = css.indexOf("{", at);
    if (open < 0) break;
    let depth = 1;
    let end = open + 1;
    for (; depth > 0 && end < css.length; end++) depth += css[end] === "{" ? 1 : css[end] === "}" ? -1 : 0;
    found.push({ head: css.slice(at, open).trim(), body: css.slice(open + 1, end - 1) });
    at = end;
  }
  return found;
}

function keep({ head, body }) {
  if (head.startsWith("@media")) {
    const inner = rules(body).map(keep).join("");
    return inner && `${head}{${inner}}`;
  }
  const selectors = head.split(",").filter((one) => families.test(one.replace(/>\*$/, "")));
  return selectors.length ? `${selectors.join(",")}{${body}}` : "";
}

/** The part of Tabler we use, as one stylesheet. */
export function trimmedTabler() {
  const css = readFileSync(source, "utf8").replace(/\/\*[\s\S]*?\*\//g, "").replace(/@charset [^;]+;/, "");
  const all = rules(css);
  const kept = all.map(keep).join("");
  const variables = new Map();
  for (const { head, body } of all)
    if (head.split(",").includes(":root"))
      for (const [, name, value] of body.matchAll(/(--[\w-]+):([^;]+)/g)) variables.set(name, value);
  const needed = new Set();
  const need = (text) => {
    for (const [, name] of text.matchAll(/var\((--[\w-]+)/g))
      if (variables.has(name) && !needed.has(name)) {
        needed.add(name);
        need(variables.get(name));
      }
  };
  need(kept);
  const root = [...needed].map((name) => `${name}:${variables.get(name)}`).join(";");
  return `${root && `:root{${root}}`}${kept}`;
}
