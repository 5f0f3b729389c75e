/** Photos and signatures, by their SHA-256, from the shutter until the server's receipt. */

import type { Bytes } from "../domain/encoding";
import type { EvidenceKind, EvidenceRef } from "../domain/events";
import type { ReceiptPayload } from "../domain/receipt";
import { sha256Hex } from "../domain/signing";
import { changed } from "./changes";
import type { EvidenceCard, StoredEvidence } from "./database";
import { openPicture, sealedPicture } from "./escrow";
import { change, read, readAll } from "./records";

/** Keeps a picture; returns when it is on the disk. The same picture twice is kept once. */
export async function keepEvidence(
  bytes: Bytes,
  kind: EvidenceKind,
  mediaType: "image/jpeg" | "image/png",
): Promise<EvidenceRef> {
  const sha256 = await sha256Hex(bytes);
  const { row, key } = await sealedPicture(sha256, bytes);
  await change((draft) => {
    if (draft.get("evidence", sha256)) return;
    draft.pictures.set(sha256, row);
    draft.put("evidence", {
      sha256,
      kind,
      length: bytes.length,
      media_type: mediaType,
      stored_at: Date.now(),
      event_id: null,
      uploaded: 0,
      key,
    });
  });
  return { sha256, length: bytes.length, kind };
}

/** Forgets a picture that was taken again, unless an event already names it. */
export async function dropEvidence(reference: EvidenceRef | null | undefined): Promise<void> {
  if (!reference) return;
  await change((draft) => {
    const kept = draft.get("evidence", reference.sha256);
    if (!kept || kept.event_id !== null) return;
    draft.delete("evidence", reference.sha256);
    draft.pictures.set(reference.sha256, null);
  });
}

/** The picture with its bytes, opened now and kept open by nobody. */
export async function readEvidence(sha256: string): Promise<StoredEvidence | undefined> {
  const card = read("evidence", sha256);
  if (!card) return undefined;
  const { key, ...known } = card;
  return { ...known, bytes: key ? ((await openPicture(sha256, key))?.buffer ?? null) : null };
}

/**
 * Pictures that events name and the server does not have, oldest first: their cards alone, since a
 * week of them does not fit into memory. `readEvidence` opens one.
 */
export async function toUpload(): Promise<EvidenceCard[]> {
  return readAll("evidence")
    .filter((photo) => !photo.uploaded && photo.event_id !== null && photo.key !== null)
    .sort((a, b) => a.stored_at - b.stored_at);
}

export async function markUploaded(sha256: string): Promise<void> {
  await change((draft) => {
    const card = draft.get("evidence", sha256);
    if (card) draft.put("evidence", { ...card, uploaded: 1 });
  });
  changed("outbox");
}

/**
 * Closes the events whose every file the receipt lists, and only then lets go of those files.
 * A file that the server lost is sent again. Returns how many events became complete.
 */
export async function applyReceipt(receipt: ReceiptPayload): Promise<number> {
  const events = new Set(receipt.events);
  const evidence = new Set(receipt.evidence);
  const completed = await change((draft) => {
    let closed = 0;
    for (const event of readAll("events")) {
      if (!event.open || !events.has(event.hash)) continue;
      const missing = event.evidence.filter((file) => !evidence.has(file.sha256));
      for (const file of missing) {
        const card = draft.get("evidence", file.sha256);
        if (card?.uploaded) draft.put("evidence", { ...card, uploaded: 0 });
      }
      if (missing.length) continue;
      closed += 1;
      draft.put("events", { ...event, state: "received", open: 0 });
      draft.outbox.set(event.event_id, null);
      for (const file of event.evidence) {
        const card = draft.get("evidence", file.sha256);
        if (card) draft.put("evidence", { ...card, key: null, uploaded: 1 });
        draft.pictures.set(file.sha256, null);
      }
    }
    return closed;
  });
  if (completed) changed("outbox");
  return completed;
}
