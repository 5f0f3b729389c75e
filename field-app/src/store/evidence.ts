/** Photos and signatures, by their SHA-256, from the shutter until the server's receipt. */

import type { Bytes } from "../domain/encoding";
import type { EvidenceKind, EvidenceRef } from "../domain/events";
import type { ReceiptPayload } from "../domain/receipt";
import { sha256Hex } from "../domain/signing";
import { changed } from "./changes";
import { database, type StoredEvidence } from "./database";

/** Keeps a picture; returns when it is on the disk. The same picture twice is kept once. */
export async function keepEvidence(
  bytes: Bytes,
  kind: EvidenceKind,
  mediaType: "image/jpeg" | "image/png",
): Promise<EvidenceRef> {
  const sha256 = await sha256Hex(bytes);
  const tx = (await database()).transaction("evidence", "readwrite", { durability: "strict" });
  if (!(await tx.store.get(sha256))) {
    await tx.store.put({
      sha256,
      kind,
      length: bytes.length,
      media_type: mediaType,
      bytes: bytes.buffer,
      stored_at: Date.now(),
      event_id: null,
      uploaded: 0,
    });
  }
  await tx.done;
  return { sha256, length: bytes.length, kind };
}

/** Forgets a picture that was taken again, unless an event already names it. */
export async function dropEvidence(reference: EvidenceRef | null | undefined): Promise<void> {
  if (!reference) return;
  const tx = (await database()).transaction("evidence", "readwrite");
  const kept = await tx.store.get(reference.sha256);
  if (kept && kept.event_id === null) await tx.store.delete(reference.sha256);
  await tx.done;
}

export async function readEvidence(sha256: string): Promise<StoredEvidence | undefined> {
  return (await database()).get("evidence", sha256);
}

/** Pictures that events name and the server does not have, oldest first. */
export async function toUpload(): Promise<StoredEvidence[]> {
  const waiting = await (await database()).getAllFromIndex("evidence", "uploaded", 0);
  return waiting
    .filter((photo) => photo.event_id !== null && photo.bytes !== null)
    .sort((a, b) => a.stored_at - b.stored_at);
}

export async function markUploaded(sha256: string): Promise<void> {
  const tx = (await database()).transaction("evidence", "readwrite", { durability: "strict" });
  const row = await tx.store.get(sha256);
  if (row) await tx.store.put({ ...row, uploaded: 1 });
  await tx.done;
  changed("outbox");
}

/**
 * Closes the events whose every file the receipt lists, and only then lets go of those files.
 * A file that the server lost is sent again. Returns how many events became complete.
 */
export async function applyReceipt(receipt: ReceiptPayload): Promise<number> {
  const events = new Set(receipt.events);
  const evidence = new Set(receipt.evidence);
  const tx = (await database()).transaction(["events", "evidence"], "readwrite", {
    durability: "strict",
  });
  let completed = 0;
  for (const event of await tx.objectStore("events").index("open").getAll(1)) {
    if (!events.has(event.hash)) continue;
    const missing = event.evidence.filter((file) => !evidence.has(file.sha256));
    for (const file of missing) {
      const kept = await tx.objectStore("evidence").get(file.sha256);
      if (kept?.uploaded) await tx.objectStore("evidence").put({ ...kept, uploaded: 0 });
    }
    if (missing.length) continue;
    completed += 1;
    await tx.objectStore("events").put({ ...event, state: "received", open: 0 });
    for (const file of event.evidence) {
      const kept = await tx.objectStore("evidence").get(file.sha256);
      if (kept) await tx.objectStore("evidence").put({ ...kept, bytes: null, uploaded: 1 });
    }
  }
  await tx.done;
  if (completed) changed("outbox");
  return completed;
}
