/** One value, one sequence of bytes: what a device signs must read the same on every machine. */

import { utf8, type Bytes } from "./encoding";

export type Json = null | boolean | number | string | readonly Json[] | JsonMap;
export interface JsonMap {
  readonly [key: string]: Json;
}

/** Throws TypeError for NaN, infinities and whole numbers that a double does not hold exactly. */
export function canonicalJson(value: Json): string {
  if (typeof value === "number") {
    if (!Number.isFinite(value)) throw new TypeError("a number must be finite");
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      throw new TypeError("a whole number must be exact");
    }
    return JSON.stringify(value);
  }
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  if (isList(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const parts: string[] = [];
  for (const key of Object.keys(value).sort()) {
    const item = value[key];
    if (item === undefined) throw new TypeError(`${key} has no value`);
    parts.push(`${JSON.stringify(key)}:${canonicalJson(item)}`);
  }
  return `{${parts.join(",")}}`;
}

export const canonicalBytes = (value: Json): Bytes => utf8(canonicalJson(value));

/** `Array.isArray` does not narrow read-only lists. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
