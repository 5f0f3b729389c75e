import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { CANCEL_REASONS } from "../src/screens/acts";
import { REASONS } from "../src/domain/reasons";
import english from "../src/i18n/en.json";
import indonesian from "../src/i18n/id.json";

const holes = (text: string): string[] => (text.match(/\{\w+\}/g) ?? []).sort();
const words: Record<string, string> = indonesian;
const translated: Record<string, string> = english;

function sources(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return sources(path);
    return /\.tsx?$/.test(name) ? [path] : [];
  });
}

describe("every word on the screen", () => {
  it("stands in both languages, with the same figures to fill in", () => {
    expect(Object.keys(translated).sort()).toEqual(Object.keys(words).sort());
    for (const [key, text] of Object.entries(words)) {
      expect(translated[key]?.trim(), key).toBeTruthy();
      expect(holes(translated[key] ?? ""), key).toEqual(holes(text));
    }
  });

  it("is used somewhere: a word that nobody sees is not kept", () => {
    const code = sources(fileURLToPath(new URL("../src", import.meta.url)))
      .map((path) => readFileSync(path, "utf8"))
      .join("\n");
    const built = [...code.matchAll(/`([a-z_.]+)\$\{/g)].map((match) => match[1] ?? "");
    const coded = [...code.matchAll(/coded\(\s*"([a-z_.]+)"/g)].map((match) => `${match[1]}.`);
    const prefixes = [...built, ...coded].filter(Boolean);
    const unused = Object.keys(words).filter(
      (key) => !code.includes(`"${key}"`) && !prefixes.some((prefix) => key.startsWith(prefix)),
    );
    expect(unused).toEqual([]);
  });

  it("names every reason for which a family may not be paid, and for which a count is undone", () => {
    for (const { code } of REASONS) expect(words[`reason.${code}`], code).toBeTruthy();
    for (const code of CANCEL_REASONS) expect(words[`cancel.reason.${code}`], code).toBeTruthy();
  });

  it("keeps the three states of a record apart by three different words", () => {
    for (const language of [words, translated]) {
      const states = ["saved", "received", "complete"].map(
        (state) => language[`standing.${state}`],
      );
      expect(new Set(states).size).toBe(3);
    }
  });

  it("never speaks of a family as rejected", () => {
    const all = Object.values(words).join(" ").toLowerCase();
    for (const blame of ["ditolak", "gagal", "tidak valid"]) expect(all).not.toContain(blame);
  });
});
