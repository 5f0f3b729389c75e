/** The letter's QR code: what it says, and whether the ministry's agency really said it. */

import { fromBase32, fromHex, hex, sameBytes, utf8, type Bytes } from "./encoding";

export interface LetterClaims {
  readonly keyId: number;
  readonly visit: string;
  readonly letterVersion: number;
  readonly total: number;
  readonly nameCheck: string;
  readonly payments: readonly { readonly mark: string; readonly amount: number }[];
  readonly tranche: number;
}

export interface OpenedLetter {
  readonly claims: LetterClaims;
  readonly signed: Bytes;
  readonly signature: Bytes;
}

export type LetterTrust =
  /** Signed by a key that we know. */
  | "genuine"
  /** Signed by nobody whom we know although we know the key: made up or altered. */
  | "forged"
  /** This phone cannot tell: a key that it was not given, or a browser without Ed25519. */
  | "unknown_key";

const SIGNATURE = 64;
const HEAD = 29;
const TAIL = 2;
/** Version 1 counts in thousands of rupiah, version 2 in rupiah. */
const UNIT: Record<number, number> = { 1: 1_000, 2: 1 };

/** What the text of a QR code says, not yet trusted; null when it is no letter of ours. */
export function openLetter(text: string): OpenedLetter | null {
  const token = text.trim().slice(text.trim().lastIndexOf("#") + 1);
  const raw = fromBase32(token);
  if (!raw || raw.length < HEAD + TAIL + SIGNATURE) return null;
  const signed = raw.slice(0, -SIGNATURE);
  const view = new DataView(signed.buffer);
  const unit = UNIT[view.getUint8(0)];
  const count = view.getUint8(28);
  if (!unit || signed.length !== HEAD + 7 * count + TAIL) return null;
  const payments = Array.from({ length: count }, (_, i) => {
    const at = HEAD + 7 * i;
    const amount = (view.getUint8(at + 4) << 16) | view.getUint16(at + 5);
    return { mark: hex(signed.slice(at, at + 4)), amount: amount * unit };
  });
  const total = view.getUint32(20) * unit;
  if (total !== payments.reduce((sum, payment) => sum + payment.amount, 0)) return null;
  return {
    claims: {
      keyId: view.getUint8(1),
      visit: hex(signed.slice(2, 18)).replace(
        /^(.{8})(.{4})(.{4})(.{4})(.{12})$/,
        "$1-$2-$3-$4-$5",
      ),
      letterVersion: view.getUint16(18),
      total,
      nameCheck: hex(signed.slice(24, 28)),
      payments,
      tranche: view.getUint16(HEAD + 7 * count),
    },
    signed,
    signature: raw.slice(-SIGNATURE),
  };
}

/** Ed25519 by the browser itself; null where it does not know the curve. */
export async function verifyEd25519(
  publicKeyHex: string,
  signature: Bytes,
  message: Bytes,
): Promise<boolean | null> {
  try {
    const key = await crypto.subtle.importKey("raw", fromHex(publicKeyHex), "Ed25519", false, [
      "verify",
    ]);
    return await crypto.subtle.verify("Ed25519", key, signature, message);
  } catch {
    return null;
  }
}

export async function trustOfLetter(
  letter: OpenedLetter,
  keys: Readonly<Record<string, string>>,
): Promise<LetterTrust> {
  const key = keys[String(letter.claims.keyId)];
  if (!key) return "unknown_key";
  const good = await verifyEd25519(key, letter.signature, letter.signed);
  return good === null ? "unknown_key" : good ? "genuine" : "forged";
}

/** Start of SHA-256 over the name in one spelling: NFKC, upper case, single blanks. */
export async function nameCheck(name: string): Promise<string> {
  const normal = name.normalize("NFKC").toUpperCase().split(/\s+/).filter(Boolean).join(" ");
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(normal)));
  return hex(digest.slice(0, 4));
}

export type LetterDifference = "amount" | "version" | "payments";

/**
 * Where letter and lease differ. The lease wins; the officer is told why, since the family holds
 * the letter in their hands.
 */
export function differences(
  claims: LetterClaims,
  visit: {
    readonly total: number;
    readonly letter_version: number;
    readonly payments: readonly { readonly id: string; readonly amount: number }[];
  },
): LetterDifference[] {
  const found: LetterDifference[] = [];
  if (claims.total !== visit.total) found.push("amount");
  if (claims.letterVersion !== visit.letter_version) found.push("version");
  const key = (mark: string, amount: number): string => `${mark}:${amount}`;
  const printed = claims.payments.map((p) => key(p.mark, p.amount)).sort();
  const leased = visit.payments.map((p) => key(p.id.slice(-8), p.amount)).sort();
  if (!sameBytes(utf8(printed.join()), utf8(leased.join()))) found.push("payments");
  return found;
}
