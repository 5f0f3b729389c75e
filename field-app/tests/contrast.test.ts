import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const css = readFileSync(
  new URL("../../src/salur/theme/static/theme/tokens.css", import.meta.url),
  "utf8",
);
const [light = "", dark = ""] = css.split("@media (prefers-color-scheme: dark)");

function token(name: string, scheme: "light" | "dark"): string {
  const find = (text: string): string | undefined =>
    text.match(new RegExp(`--${name}:\\s*(#[0-9a-f]{6})`, "i"))?.[1];
  const found = (scheme === "dark" ? find(dark) : undefined) ?? find(light);
  if (!found) throw new Error(`no colour --${name}`);
  return found;
}

function luminance(colour: string): number {
  const channels = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = channels.map((c) =>
    c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** Text and controls as the style sheet pairs them. */
const PAIRS = [
  ["ink", "paper"],
  ["app-muted", "paper"],
  ["app-accent", "paper"],
  ["app-danger", "paper"],
  ["app-on-accent", "app-accent"],
  ["ink", "app-accent-soft"],
  ["app-accent", "app-accent-soft"],
  ["ink", "attention-soft"],
  ["app-attention", "attention-soft"],
  ["ink", "danger-soft"],
  ["app-danger", "danger-soft"],
  ["ink", "sunken"],
  ["ink", "surface"],
] as const;

describe("in sunlight", () => {
  for (const scheme of ["light", "dark"] as const) {
    it(`text and controls reach seven to one on ${scheme} paper`, () => {
      const low = PAIRS.map(([front, back]) => ({
        pair: `${front} on ${back}`,
        ratio: contrast(token(front, scheme), token(back, scheme)),
      })).filter(({ ratio }) => ratio < 7);
      expect(low).toEqual([]);
    });
  }

  it("no text is smaller than sixteen pixels and no control lower than forty-eight", () => {
    const folder = new URL("../src/styles/", import.meta.url);
    const style = readdirSync(folder)
      .map((name) => readFileSync(new URL(name, folder), "utf8"))
      .join("\n");
    const sizes = [...style.matchAll(/font-size:\s*([\d.]+)rem/g)].map((match) => Number(match[1]));
    expect(Math.min(...sizes)).toBeGreaterThanOrEqual(1);
    expect(style).toMatch(/--tap:\s*48px/);
  });
});
