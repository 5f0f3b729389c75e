/**
 * Slips: what one phone signs for another and shows as a QR code, so that two desks and two bags
 * can rely on each other without a network.
 */

import { canonicalBytes, type Json } from "./canonical";
import { base64url, fromBase64url, fromHex, fromUtf8, type Bytes } from "./encoding";
import type { Method, SignedSlip } from "./events";
import type { Notes } from "./money";
import { sign } from "./signing";

export interface SlipBodies {
  verified: {
    visit: string;
    verification: string;
    person: string;
    relation: string;
    method: Method;
    number: number | null;
  };
  release: { visits: readonly string[] };
  accept: { visits: readonly string[] };
  cash_give: { transfer: string; total: number; notes: Notes };
  cash_take: { transfer: string; total: number; notes: Notes };
}

export type SlipKind = keyof SlipBodies;

export interface Slip<K extends SlipKind = SlipKind> {
  readonly id: string;
  readonly slip: K;
  readonly from: string;
  /** The one device that it is for; null for whoever of the group reads it. */
  readonly to: string | null;
  readonly session: string | null;
  readonly time: string;
  readonly body: SlipBodies[K];
}

/** A slip as it was read from a screen; `signed` goes into the event that acts on it. */
export interface ReadSlip {
  readonly slip: Slip;
  readonly signed: SignedSlip;
}

const PREFIX = "SALUR:SLIP:";
const KINDS: readonly string[] = ["verified", "release", "accept", "cash_give", "cash_take"];

export function slipBytes(slip: Slip): Bytes {
  return canonicalBytes({ ...slip, v: 1 } as unknown as Json);
}

export async function signSlip(slip: Slip, key: CryptoKey): Promise<SignedSlip> {
  const bytes = slipBytes(slip);
  return { bytes: base64url(bytes), signature: await sign(key, bytes) };
}

/** What the QR code says. */
export const slipText = (signed: SignedSlip): string =>
  `${PREFIX}${signed.bytes}.${signed.signature}`;

const isText = (value: unknown): value is string => typeof value === "string";

/** What the text of a QR code says, not yet trusted; null when it is no slip. */
export function readSlip(text: string): ReadSlip | null {
  if (!text.startsWith(PREFIX)) return null;
  const [bytes = "", signature = ""] = text.slice(PREFIX.length).split(".");
  if (!bytes || !signature) return null;
  try {
    const value = JSON.parse(fromUtf8(fromBase64url(bytes))) as Record<string, unknown>;
    const { v, id, slip, from, to, session, time, body } = value;
    const named = isText(id) && isText(from) && isText(time) && isText(slip);
    if (v !== 1 || !named || !KINDS.includes(slip) || !isOptional(to) || !isOptional(session)) {
      return null;
    }
    if (typeof body !== "object" || body === null) return null;
    const read = { id, slip, from, to, session, time, body } as unknown as Slip;
    return { slip: read, signed: { bytes, signature } };
  } catch {
    return null;
  }
}

const isOptional = (value: unknown): value is string | null => value === null || isText(value);

/** Whether the device of this public key (hex of its 65-byte point) signed exactly this. */
export async function isSignedBy(read: ReadSlip, publicKeyHex: string): Promise<boolean> {
  try {
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("raw", fromHex(publicKeyHex), algorithm, false, [
      "verify",
    ]);
    return await crypto.subtle.verify(
      { name: "ECDSA", hash: "SHA-256" },
      key,
      fromBase64url(read.signed.signature),
      fromBase64url(read.signed.bytes),
    );
  } catch {
    return false;
  }
}

export type SlipTrust =
  | "trusted"
  /** Signed by no device of this group. */
  | "stranger"
  /** Meant for another phone. */
  | "not_for_us";

/** Whether this phone may act on the slip: signed by a peer, and meant for it. */
export async function trustOfSlip(
  read: ReadSlip,
  peers: readonly { readonly device: string; readonly key: string }[],
  self: string,
): Promise<SlipTrust> {
  const peer = peers.find((one) => one.device === read.slip.from);
  if (!peer || !(await isSignedBy(read, peer.key))) return "stranger";
  return read.slip.to === null || read.slip.to === self ? "trusted" : "not_for_us";
}
