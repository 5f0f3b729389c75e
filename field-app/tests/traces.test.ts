import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const SRC = fileURLToPath(new URL("../src", import.meta.url));

function files(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? files(path) : /\.tsx?$/.test(name) ? [path] : [];
  });
}

const sources = files(SRC).map((path) => ({
  name: relative(SRC, path),
  text: readFileSync(path, "utf8"),
}));

describe("what the browser itself would write down beside our sealed records", () => {
  it("no field remembers what was typed: each says so to the browser", () => {
    const careless: string[] = [];
    for (const { name, text } of sources) {
      for (const [field] of text.matchAll(/<(?:input|textarea)\b[^]*?\/>/g)) {
        if (/type="(?:radio|checkbox|file)"/.test(field) || field.includes("autocomplete="))
          continue;
        careless.push(`${name}: ${field.slice(0, 80).replace(/\s+/g, " ")}`);
      }
    }
    expect(careless).toEqual([]);
  });

  it("its history keeps the app's name, never a screen's title", () => {
    const titles = sources.flatMap(({ text }) => text.match(/document\.title = [^;]+/g) ?? []);
    expect(titles).toEqual(['document.title = t("app.name")']);
  });

  it("local and session storage hold settings alone", () => {
    const users = sources.filter(({ text }) => /\b(?:local|session)Storage\b/.test(text));
    expect(users.map(({ name }) => name)).toEqual(["store/preferences.ts"]);
  });
});
