/** Who this phone is: its key, its officer, its office. */

import { changed } from "./changes";
import { readSingle, writeSingle, type Identity } from "./database";

export const readIdentity = (): Promise<Identity | null> => readSingle("identity");

export interface NewKey {
  readonly privateKey: CryptoKey;
  readonly publicKey: { kty: "EC"; crv: "P-256"; x: string; y: string };
}

/** A fresh signing key whose private half cannot be exported, not even by this app. */
export async function makeDeviceKey(): Promise<NewKey> {
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(algorithm, false, ["sign", "verify"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", pair.publicKey);
  if (!x || !y) throw new Error("the browser gave no public key");
  return { privateKey: pair.privateKey, publicKey: { kty: "EC", crv: "P-256", x, y } };
}

export async function saveIdentity(identity: Identity): Promise<void> {
  await writeSingle("identity", identity);
  changed("identity");
}
