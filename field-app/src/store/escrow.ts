/**
 * Everything unsent, sealed to the server: it can be handed in or carried away as a file without
 * the PIN, and no wiping touches it.
 */

import { base64url, fromBase64url, utf8, type Bytes } from "../domain/encoding";
import { importAes, newItemKey, seal, sealToServer, unseal } from "../domain/sealing";
import { changed } from "./changes";
import {
  database,
  readSingle,
  type OutboxRow,
  type PictureRow,
  type StoredEvent,
} from "./database";
import { change, read, readAll } from "./records";

const pictureName = (device: string, sha256: string): string => `photo|${device}|${sha256}`;

/** A sealed event for the outbox; null while this phone does not know the server's key. */
export async function sealedEvent(event: StoredEvent): Promise<OutboxRow | null> {
  const device = await readSingle("identity");
  if (!device?.outbox_key) return null;
  const name = `event|${device.device_id}|${event.event_id}`;
  const raw = newItemKey();
  const wire = { bytes: base64url(event.bytes), signature: event.signature };
  const data = await seal(await importAes(raw), name, utf8(JSON.stringify(wire)));
  const envelope = await sealToServer(raw, name, device.outbox_key);
  const { event_id, sequence } = event;
  return { event_id, sequence, envelope, data, delivered: 0 };
}

/** A sealed picture, and its key for this phone's own card of it. */
export async function sealedPicture(
  sha256: string,
  bytes: Bytes,
): Promise<{ row: PictureRow; key: string }> {
  const device = await readSingle("identity");
  const name = pictureName(device?.device_id ?? "", sha256);
  const raw = newItemKey();
  const data = await seal(await importAes(raw), name, bytes);
  const envelope = device?.outbox_key ? await sealToServer(raw, name, device.outbox_key) : null;
  return { row: { sha256, data, envelope, delivered: 0 }, key: base64url(raw) };
}

/** The picture as it was taken; null when it is not on this phone any more. */
export async function openPicture(sha256: string, key: string): Promise<Bytes | null> {
  const row = await (await database()).get("pictures", sha256);
  const device = await readSingle("identity");
  if (!row || !device) return null;
  const name = row.envelope?.name ?? pictureName(device.device_id, sha256);
  return unseal(await importAes(fromBase64url(key)), name, row.data);
}

/**
 * Once the server has said its key: seals to it what was kept before. Nothing to do on a phone that
 * knew the key from its first day.
 */
export async function sealWhatIsOpen(): Promise<void> {
  const device = await readSingle("identity");
  const server = device?.outbox_key;
  if (!device || !server) return;
  const db = await database();
  const sealed = new Set(await db.getAllKeys("outbox"));
  const bare = readAll("events").filter((event) => event.open && !sealed.has(event.event_id));
  for (const event of bare) {
    await change(async (draft) => {
      if (draft.get("events", event.event_id)?.open) {
        draft.outbox.set(event.event_id, await sealedEvent(event));
      }
    });
  }
  for (const { sha256, key } of readAll("evidence")) {
    if (!key) continue;
    const row = await db.get("pictures", sha256);
    if (!row || row.envelope) continue;
    const name = pictureName(device.device_id, sha256);
    const envelope = await sealToServer(fromBase64url(key), name, server);
    await change((draft) => {
      if (draft.get("evidence", sha256)?.key) draft.pictures.set(sha256, { ...row, envelope });
    });
  }
}

export interface SealedCount {
  readonly events: number;
  readonly pictures: number;
  readonly bytes: number;
}

/** What of it the server has not confirmed; works without the PIN. */
export async function countSealed(): Promise<SealedCount> {
  const db = await database();
  const count = { events: 0, pictures: 0, bytes: 0 };
  for (const row of await db.getAll("outbox")) {
    if (row.delivered) continue;
    count.events += 1;
    count.bytes += row.data.length;
  }
  let cursor = await db.transaction("pictures").store.openCursor();
  while (cursor) {
    if (!cursor.value.delivered && cursor.value.envelope) {
      count.pictures += 1;
      count.bytes += cursor.value.data.length;
    }
    cursor = await cursor.continue();
  }
  return count;
}

export interface SealedItem {
  readonly envelope: NonNullable<PictureRow["envelope"]>;
  readonly data: Bytes;
}

const itemOf = (row: OutboxRow | PictureRow | undefined): SealedItem | null =>
  row && row.envelope && !row.delivered ? { envelope: row.envelope, data: row.data } : null;

/**
 * One after the other, events before pictures, so that a phone need not hold them all at once.
 * While the PIN is in, `strangers` are those that no record here speaks of: left by an enrolment
 * before this one.
 */
export async function* undelivered(which: "all" | "strangers" = "all"): AsyncGenerator<SealedItem> {
  const db = await database();
  const known = (table: "events" | "evidence", key: string): boolean =>
    which === "strangers" && read(table, key) !== undefined;
  const events = (await db.getAll("outbox")).sort((a, b) => a.sequence - b.sequence);
  for (const row of events) {
    const item = known("events", row.event_id) ? null : itemOf(row);
    if (item) yield item;
  }
  for (const key of await db.getAllKeys("pictures")) {
    if (known("evidence", key)) continue;
    const item = itemOf(await db.get("pictures", key));
    if (item) yield item;
  }
}

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/**
 * Everything unsent as one file, for a cable, a card or a chat: only the server can open it, and
 * may be given it any number of times. Works without the PIN.
 */
export async function exportFile(): Promise<Blob> {
  const device = await readSingle("identity");
  const parts: BlobPart[] = [line({ salur_outbox: 1, device: device?.device_id ?? null })];
  for await (const { envelope, data } of undelivered()) {
    // A blob of its own lets the browser put the bytes aside while the next one is read.
    parts.push(new Blob([line({ envelope, length: data.length }), data, "\n"]));
  }
  return new Blob(parts, { type: "application/octet-stream" });
}

/** The server's signed receipt lists them: they need not be carried again. Works without the PIN. */
export async function markDelivered(
  eventIds: readonly string[],
  pictures: readonly string[],
): Promise<void> {
  const tx = (await database()).transaction(["outbox", "pictures"], "readwrite", {
    durability: "strict",
  });
  for (const [name, keys] of [
    ["outbox", eventIds],
    ["pictures", pictures],
  ] as const) {
    const store = tx.objectStore(name);
    for (const key of keys) {
      const row = await store.get(key);
      if (row) await store.put({ ...row, delivered: 1 } as never);
    }
  }
  await tx.done;
  changed("outbox");
}
