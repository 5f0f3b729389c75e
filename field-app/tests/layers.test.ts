import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

/** What each folder may know; `screens` may know them all, and nobody knows `screens`. */
const MAY_KNOW: Readonly<Record<string, readonly string[]>> = {
  domain: ["domain"],
  store: ["store", "domain"],
  device: ["device", "store", "domain"],
  sync: ["sync", "device", "store", "domain"],
  i18n: ["i18n", "store"],
};

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

it("imports go down only: screens, sync, store, domain", () => {
  const upward: string[] = [];
  for (const file of files(SRC)) {
    const from = relative(SRC, file);
    const allowed = MAY_KNOW[from.split("/")[0] ?? ""];
    if (!allowed) continue;
    for (const [, target = ""] of readFileSync(file, "utf8").matchAll(/from "(\.[^"]+)"/g)) {
      const to = relative(SRC, join(dirname(file), target)).split("/")[0] ?? "";
      if (!allowed.includes(to)) upward.push(`${from} imports ${to}`);
    }
  }
  expect(upward).toEqual([]);
});

it("the domain knows neither browser storage, network nor the clock on the wall", () => {
  const forbidden = /\b(indexedDB|localStorage|fetch\(|navigator\.|document\.|Date\.now\()/;
  const guilty = files(join(SRC, "domain")).filter((file) =>
    forbidden.test(readFileSync(file, "utf8")),
  );
  expect(guilty.map((file) => relative(SRC, file))).toEqual([]);
});
