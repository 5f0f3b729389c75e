/**
 * The face models: fetched in pieces when the line is free, so that a cut costs one piece; used only
 * when their SHA-256 is the one that this version of the app was built with.
 */

import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import type { Models } from "../device/faces";
import { sha256Hex } from "../domain/signing";
import { changed } from "../store/changes";

/** The server's `identity/models.lock.json`, as it was when this app was built. */
declare const __FACE_MODELS__: {
  readonly version: string;
  readonly models: Readonly<Record<string, { readonly sha256: string; readonly bytes: number }>>;
};

const PIECE_BYTES = 512 * 1024;
const STORE = "faces";

interface Pinned {
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

function pinned(name: string): Pinned {
  const model = __FACE_MODELS__.models[name];
  if (!model) throw new Error(`the app was built without ${name}`);
  return { name, ...model };
}

const DETECTOR = pinned("yunet_2023mar.onnx");
const EMBEDDER = pinned("sface_2021dec.onnx");
const ALL = [DETECTOR, EMBEDDER];

/** Where a piece lies; the hash stands in its name, so that an old copy is never taken for new. */
const pieceUrl = ({ sha256 }: Pinned, piece: number): string =>
  `/app/assets/face-${sha256.slice(0, 16)}-${String(piece).padStart(2, "0")}.bin`;

const piecesOf = (model: Pinned): string[] =>
  Array.from({ length: Math.ceil(model.bytes / PIECE_BYTES) }, (_, i) => pieceUrl(model, i));

let fetching = false;

/** How much of the models lies on this phone, 0 to 1. */
export async function facesReady(): Promise<number> {
  if (!("caches" in globalThis)) return 0;
  const urls = ALL.flatMap(piecesOf);
  const store = await caches.open(STORE);
  const here = await Promise.all(urls.map((url) => store.match(url)));
  return here.filter(Boolean).length / urls.length;
}

/** Fetches what is missing, piece by piece, until done or the line is cut. Never two at once. */
export async function fetchFaces(): Promise<void> {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  if (fetching || !("caches" in globalThis) || connection?.saveData) return;
  fetching = true;
  try {
    const store = await caches.open(STORE);
    const wanted = ALL.flatMap(piecesOf);
    for (const request of await store.keys()) {
      if (!wanted.includes(new URL(request.url).pathname)) await store.delete(request);
    }
    for (const url of wanted) {
      if (await store.match(url)) continue;
      const answer = await fetch(url, { credentials: "omit" });
      if (!answer.ok) return;
      await store.put(url, answer);
      changed("sync");
    }
    // The service worker keeps the runtime by its hashed name.
    await fetch(wasmUrl, { credentials: "omit" });
  } catch {
    // No network, or no room: the app works without, and the next free moment goes on from here.
  } finally {
    fetching = false;
  }
}

async function whole(model: Pinned): Promise<ArrayBuffer | null> {
  const store = await caches.open(STORE);
  const bytes = new Uint8Array(model.bytes);
  let at = 0;
  for (const url of piecesOf(model)) {
    const piece = await store.match(url);
    if (!piece) return null;
    const part = new Uint8Array(await piece.arrayBuffer());
    if (at + part.length > bytes.length) break;
    bytes.set(part, at);
    at += part.length;
  }
  if (at === model.bytes && (await sha256Hex(bytes)) === model.sha256) return bytes.buffer;
  // Altered or mixed: fetched anew rather than believed.
  for (const url of piecesOf(model)) await store.delete(url);
  return null;
}

/** Both models, proven; null while something is missing. */
export async function readFaces(): Promise<Models | null> {
  if (!("caches" in globalThis)) return null;
  const [detector, embedder] = [await whole(DETECTOR), await whole(EMBEDDER)];
  return detector && embedder ? { detector, embedder } : null;
}
