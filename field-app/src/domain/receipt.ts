/** The server's signed receipt: the only thing on whose word a phone may let go of a photo. */

import { fromBase64url, fromUtf8 } from "./encoding";
import { verifyEd25519 } from "./letter";

export interface SignedReceipt {
  readonly bytes: string;
  readonly kid: number | string;
  readonly signature: string;
}

export interface ReceiptPayload {
  readonly device: string;
  readonly events: readonly string[];
  readonly evidence: readonly string[];
  readonly time: string;
}

const isTextList = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((item) => typeof item === "string");

/** What the receipt lists; null when its signature, its device or its shape is not right. */
export async function openReceipt(
  receipt: SignedReceipt,
  publicKeyHex: string,
  device: string,
): Promise<ReceiptPayload | null> {
  let bytes;
  let payload: Record<string, unknown>;
  try {
    bytes = fromBase64url(receipt.bytes);
    payload = JSON.parse(fromUtf8(bytes)) as Record<string, unknown>;
  } catch {
    return null;
  }
  if (!(await verifyEd25519(publicKeyHex, fromBase64url(receipt.signature), bytes))) return null;
  const { events, evidence, time } = payload;
  if (payload["device"] !== device || !isTextList(events) || !isTextList(evidence)) return null;
  if (typeof time !== "string") return null;
  return { device, events, evidence, time };
}
