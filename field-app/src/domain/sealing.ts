/**
 * Sealing: how records lie on this phone, and how what is unsent can be read by the server alone.
 * AES-256-GCM throughout; every sealed value is bound to the place it belongs to.
 */

import { base64url, fromBase64url, fromHex, utf8, type Bytes } from "./encoding";

/** OWASP's figure of 2023 for PBKDF2 with SHA-256. */
export const PIN_ROUNDS = 600_000;

const IV_BYTES = 12;
const AES = { name: "AES-GCM", length: 256 } as const;
const CURVE = { name: "ECDH", namedCurve: "P-256" } as const;

declare const __SEALED__: boolean | undefined;
/**
 * False only in a build that was asked for it, which exists to show that a search through the
 * phone's files would find names and photos if they lay there in the open.
 */
const SEALED = typeof __SEALED__ === "undefined" || __SEALED__;

function joined(...parts: Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A number used once, and the sealed bytes after it. */
export async function seal(key: CryptoKey, place: string, plain: Bytes): Promise<Bytes> {
  if (!SEALED) return joined(new Uint8Array(IV_BYTES), plain);
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const algorithm = { name: "AES-GCM", iv, additionalData: utf8(place) };
  return joined(iv, new Uint8Array(await crypto.subtle.encrypt(algorithm, key, plain)));
}

/** Throws OperationError for another key, another place, or a changed byte. */
export async function unseal(key: CryptoKey, place: string, sealed: Bytes): Promise<Bytes> {
  const iv = sealed.slice(0, IV_BYTES);
  const rest = sealed.subarray(IV_BYTES);
  if (!SEALED) return rest.slice();
  const algorithm = { name: "AES-GCM", iv, additionalData: utf8(place) };
  return new Uint8Array(await crypto.subtle.decrypt(algorithm, key, rest));
}

export const importAes = (raw: Bytes): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", raw, AES, false, ["encrypt", "decrypt"]);

/** A key of its own for each phone that never leaves the browser, so that the PIN alone opens nothing. */
export const makeDeviceSecret = (): Promise<CryptoKey> =>
  crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]);

/** The key that the PIN and the phone's own secret make together. Slow on purpose. */
export async function keyOfPin(
  pin: string,
  salt: Bytes,
  rounds: number,
  deviceSecret: CryptoKey,
): Promise<CryptoKey> {
  const typed = await crypto.subtle.importKey("raw", utf8(pin), "PBKDF2", false, ["deriveBits"]);
  const algorithm = { name: "PBKDF2", hash: "SHA-256", salt, iterations: rounds };
  const stretched = await crypto.subtle.deriveBits(algorithm, typed, 256);
  return importAes(new Uint8Array(await crypto.subtle.sign("HMAC", deviceSecret, stretched)));
}

/** The server's key for what is unsent: `public_key` is the hex of its 65-byte point. */
export interface OutboxKey {
  readonly kid: number;
  readonly public_key: string;
}

/** What the server needs to open one sealed item, and nobody else can use. */
export interface Envelope {
  readonly v: 1;
  readonly kid: number;
  /** `event|<device>|<event id>` or `photo|<device>|<sha256>`: what is inside, and bound to it. */
  readonly name: string;
  readonly epk: string;
  /** The item's own key, sealed to the server. */
  readonly key: string;
}

/** Seals an item's key to the server: ECDH with a key made for this item alone, HKDF, AES-GCM. */
export async function sealToServer(
  itemKey: Bytes,
  name: string,
  server: OutboxKey,
): Promise<Envelope> {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["deriveBits"]);
  const point = fromHex(server.public_key);
  const theirs = await crypto.subtle.importKey("raw", point, CURVE, false, []);
  const shared = await crypto.subtle.deriveBits(
    { name: "ECDH", public: theirs },
    pair.privateKey,
    256,
  );
  const epk = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const base = await crypto.subtle.importKey("raw", shared, "HKDF", false, ["deriveKey"]);
  const wrapping = await crypto.subtle.deriveKey(
    { name: "HKDF", hash: "SHA-256", salt: joined(epk, point), info: utf8("salur-outbox-1") },
    base,
    AES,
    false,
    ["encrypt"],
  );
  const key = await seal(wrapping, name, itemKey);
  return { v: 1, kid: server.kid, name, epk: base64url(epk), key: base64url(key) };
}

/** A fresh key for one item, as bytes, since it is sealed twice: for this phone and for the server. */
export const newItemKey = (): Bytes => crypto.getRandomValues(new Uint8Array(32));

/**
 * The answer to a challenge, as the supervisor reads it out: eight digits that only this phone and
 * the server can compute.
 */
export async function unlockAnswer(secret: CryptoKey, challenge: string): Promise<string> {
  const mac = await crypto.subtle.sign("HMAC", secret, utf8(`salur-unlock|${challenge}`));
  const number = new DataView(mac).getUint32(0) % 100_000_000;
  return String(number).padStart(8, "0");
}

export const importUnlockSecret = (text: string): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", fromBase64url(text), { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
  ]);
