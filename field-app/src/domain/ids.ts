/** UUIDv7 (RFC 9562): ids that sort by the moment at which they were made. */

import { hex, type Bytes } from "./encoding";

/** `random` is ten fresh random bytes; the caller brings them, so that this stays a pure function. */
export function uuid7(unixMs: number, random: Bytes): string {
  const bytes = new Uint8Array(16);
  for (let i = 0; i < 6; i++) bytes[i] = Math.floor(unixMs / 2 ** (8 * (5 - i))) & 0xff;
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const text = hex(bytes);
  return [0, 8, 12, 16, 20].map((start, i, all) => text.slice(start, all[i + 1] ?? 32)).join("-");
}
