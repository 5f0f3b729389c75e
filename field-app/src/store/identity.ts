/** Who this phone is: its key, its officer, its office. */

import { changed } from "./changes";
import { readSingle, writeSingle, type Device, type Identity } from "./database";
import { change, isOpen, readPaper } from "./records";

/** What the server knows this phone by; can be read without the PIN. */
export const readDevice = (): Promise<Device | null> => readSingle("identity");

/** null on a phone that is nobody's, and while its PIN is not in. */
export async function readIdentity(): Promise<Identity | null> {
  const holder = readPaper("holder");
  const device = holder && (await readDevice());
  return device && { ...device, ...holder };
}

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

/**
 * On a phone without a PIN the officer's name waits beside the key until one is set, which is the
 * next screen; with a PIN it is sealed at once.
 */
export async function saveIdentity(identity: Identity): Promise<void> {
  const { officer, office, ...device } = identity;
  if (isOpen()) {
    await writeSingle("identity", device);
    await change((draft) => draft.paper("holder", { officer, office }));
  } else await writeSingle("identity", identity);
  changed("identity");
}

/** The server has said to which key unsent items are to be sealed. */
export async function keepOutboxKey(key: unknown): Promise<boolean> {
  const { kid, public_key } = (key ?? {}) as Record<string, unknown>;
  if (typeof kid !== "number" || typeof public_key !== "string") return false;
  if (!/^04[0-9a-f]{128}$/.test(public_key)) return false;
  const device = await readDevice();
  if (!device || device.outbox_key?.kid === kid) return false;
  await writeSingle("identity", { ...device, outbox_key: { kid, public_key } });
  return true;
}
