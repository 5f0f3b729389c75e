/**
 * The app's own upload client without the app: photos of a folder over a bad line, for
 * `bench/cut_line.py`, which reads the last line. Reads its orders as JSON from standard input.
 */

import { readFile } from "node:fs/promises";
import type { Bytes } from "../src/domain/encoding";
import { authorization, sha256Hex } from "../src/domain/signing";
import { BASE, Refused, Unreachable, type Answer } from "../src/sync/api";
import { Pace, uploadPhoto, type Call } from "../src/sync/upload";

interface Orders {
  readonly server: string;
  readonly device: string;
  readonly key: JsonWebKey;
  /** Smallest first, as the app sends them. */
  readonly photos: readonly string[];
  readonly piece_ms: number;
  readonly retry_ms: number;
}

async function standardInput(): Promise<string> {
  let text = "";
  for await (const part of process.stdin) text += String(part);
  return text;
}

const orders = JSON.parse(await standardInput()) as Orders;
const key = await crypto.subtle.importKey(
  "jwk",
  orders.key,
  { name: "ECDSA", namedCurve: "P-256" },
  false,
  ["sign"],
);
const pace = new Pace(orders.piece_ms);
const nothing = new Uint8Array();

async function exchange({ method, path, headers, body }: Call): Promise<Answer> {
  const target = BASE + path;
  const signed = await authorization(
    key,
    orders.device,
    method,
    target,
    body ?? nothing,
    Date.now(),
  );
  try {
    const response = await fetch(orders.server + target, {
      method,
      headers: { ...headers, Authorization: signed },
      body: body ?? null,
      signal: AbortSignal.timeout(30_000),
    });
    await response.arrayBuffer();
    return { status: response.status, headers: response.headers, data: {} };
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

let turns = 0;
const began = performance.now();
for (const file of orders.photos) {
  const bytes: Bytes = new Uint8Array(await readFile(file));
  const sha256 = await sha256Hex(bytes);
  for (;;) {
    try {
      await uploadPhoto({
        sha256,
        bytes,
        mediaType: "image/jpeg",
        pace,
        exchange,
        mustYield: () => Promise.resolve(false),
        onProgress: () => undefined,
      });
      break;
    } catch (error) {
      if (error instanceof Refused || !(error instanceof Unreachable)) throw error;
      turns += 1;
      await new Promise((next) => setTimeout(next, orders.retry_ms));
    }
  }
}
const seconds = (performance.now() - began) / 1_000;
console.log(JSON.stringify({ seconds, turns, piece_bytes: pace.bytes }));
