/** How a device proves, request by request, that it is the one that was enrolled. */

import { base64url, hex, utf8, type Bytes } from "./encoding";

const ECDSA = { name: "ECDSA", hash: "SHA-256" } as const;

export const sha256Hex = async (bytes: Bytes): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

export async function sign(key: CryptoKey, bytes: Bytes): Promise<string> {
  return base64url(new Uint8Array(await crypto.subtle.sign(ECDSA, key, bytes)));
}

export function requestText(
  method: string,
  path: string,
  device: string,
  unixMs: number,
  nonce: string,
  bodyHash: string,
): string {
  return ["salur1", method, path, device, unixMs, nonce, bodyHash].join("\n");
}

/** The `Authorization` header of one request; the nonce makes it good for that request only. */
export async function authorization(
  key: CryptoKey,
  device: string,
  method: string,
  path: string,
  body: Bytes,
  unixMs: number,
): Promise<string> {
  const nonce = base64url(crypto.getRandomValues(new Uint8Array(16)));
  const at = Math.round(unixMs);
  const text = requestText(method, path, device, at, nonce, await sha256Hex(body));
  return `Salur-Device ${device}.${at}.${nonce}.${await sign(key, utf8(text))}`;
}
