/** What this phone holds for the server and cannot, or need not, read: handed in as it lies. */

import { verifyEd25519 } from "../domain/letter";
import { base64url, fromBase64url, fromUtf8 } from "../domain/encoding";
import type { SignedReceipt } from "../domain/receipt";
import type { Device } from "../store/database";
import { markDelivered, undelivered, type SealedItem } from "../store/escrow";
import { getJson, postJson } from "./api";

const MOST_ITEMS = 50;
const MOST_BYTES = 1_500_000;

/** The server's signed words; null when they are not from it, or about another phone. */
export async function openStatement(
  signed: SignedReceipt | undefined,
  device: Device,
): Promise<Record<string, unknown> | null> {
  try {
    const bytes = fromBase64url(signed?.bytes ?? "");
    const signature = fromBase64url(signed?.signature ?? "");
    if (!(await verifyEd25519(device.server_key.public_key, signature, bytes))) return null;
    const said = JSON.parse(fromUtf8(bytes)) as Record<string, unknown>;
    return said["device"] === device.device_id ? said : null;
  } catch {
    return null;
  }
}

/** Sent since the app was opened and not confirmed: tried again when it is next opened. */
const given = new Set<string>();

async function send(items: readonly SealedItem[], device: Device): Promise<void> {
  const answer = await postJson("/sealed", {
    items: items.map(({ envelope, data }) => ({ envelope, data: base64url(data) })),
  });
  const said = await openStatement(answer["held"] as SignedReceipt | undefined, device);
  const names = Array.isArray(said?.["names"]) ? said["names"].map(String) : [];
  const last = (kind: string): string[] =>
    names.filter((name) => name.startsWith(kind)).map((name) => name.split("|").at(-1) ?? "");
  for (const { envelope } of items) given.add(envelope.name);
  await markDelivered(last("event|"), last("photo|"));
}

/** Throws Refused or Unreachable. What the server's signed word does not name is sent again. */
export async function deliverSealed(
  device: Device,
  which: "all" | "strangers" = "all",
): Promise<void> {
  let batch: SealedItem[] = [];
  let bytes = 0;
  for await (const item of undelivered(which)) {
    if (given.has(item.envelope.name)) continue;
    if (batch.length && (batch.length >= MOST_ITEMS || bytes + item.data.length > MOST_BYTES)) {
      await send(batch, device);
      batch = [];
      bytes = 0;
    }
    batch.push(item);
    bytes += item.data.length;
  }
  if (batch.length) await send(batch, device);
}

/** Whether the server wants this phone to give up its records: asked when it refuses us. */
export async function isToBeWiped(device: Device): Promise<boolean> {
  const answer = await getJson("/device");
  const said = await openStatement(answer["state"] as SignedReceipt | undefined, device);
  return said?.["wipe"] === true;
}
