import { readFileSync } from "node:fs";

/** A file of `contract/golden`, which the server's tests read too. */
export function golden<T>(name: string): T {
  return JSON.parse(
    readFileSync(new URL(`../../contract/golden/${name}.json`, import.meta.url), "utf8"),
  ) as T;
}
