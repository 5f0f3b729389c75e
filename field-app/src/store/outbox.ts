/** The outbox: an event is on the disk, signed and chained, before any screen says so. */

import { evidenceIn, eventBytes, type Bodies, type EventPlace, type Kind } from "../domain/events";
import { base64url, fromUtf8 } from "../domain/encoding";
import { uuid7 } from "../domain/ids";
import type { Progress } from "../domain/sop";
import { sha256Hex, sign } from "../domain/signing";
import { changed } from "./changes";
import { readSingle, type StoredEvent } from "./database";
import { sealedEvent } from "./escrow";
import { readIdentity } from "./identity";
import { change, readAll } from "./records";

export interface NewEvent<K extends Kind> {
  readonly kind: K;
  readonly body: Bodies[K];
  readonly place: EventPlace;
  /** Where the hand-over stands once this event is written, in the same transaction. */
  readonly progress?: (eventId: string) => Progress | null;
}

/**
 * Signs the event, links it to the one before, and returns when it is on the disk together with
 * the state of its hand-over, sealed for this phone and once more for the server. Rejects when the
 * phone could not keep it: then nothing was written.
 */
export async function append<K extends Kind>(event: NewEvent<K>): Promise<StoredEvent> {
  const row = await change(async (draft) => {
    const identity = await readIdentity();
    if (!identity) throw new Error("this phone is not enrolled");
    const head = (await readSingle("chain")) ?? { sequence: 0, previous: null };
    const link = { sequence: head.sequence + 1, previous: head.previous };
    const now = Date.now();
    const eventId = uuid7(now, crypto.getRandomValues(new Uint8Array(10)));
    const bytes = eventBytes(event.kind, event.body, eventId, event.place, link);
    const signature = await sign(identity.private_key, bytes);
    const hash = await sha256Hex(bytes);
    const written: StoredEvent = {
      event_id: eventId,
      sequence: link.sequence,
      kind: event.kind,
      visit: event.place.visit,
      hash,
      bytes,
      signature,
      evidence: evidenceIn(event.body),
      stored_at: now,
      state: "saved",
      code: null,
      open: 1,
    };
    draft.put("events", written);
    draft.outbox.set(eventId, await sealedEvent(written));
    draft.chain = { sequence: link.sequence, previous: hash };
    for (const reference of written.evidence) {
      const kept = draft.get("evidence", reference.sha256);
      if (kept) draft.put("evidence", { ...kept, event_id: eventId });
    }
    const progress = event.progress?.(eventId);
    if (progress) draft.put("progress", progress);
    if (progress === null && written.visit) draft.delete("progress", written.visit);
    return written;
  });
  changed("outbox", "progress");
  return row;
}

export interface WireEvent {
  readonly bytes: string;
  readonly signature: string;
}

export const onTheWire = (event: StoredEvent): WireEvent => ({
  bytes: base64url(event.bytes),
  signature: event.signature,
});

/** Not yet received, oldest first. */
export async function unsent(limit: number): Promise<StoredEvent[]> {
  return readAll("events")
    .filter((event) => event.open && event.state === "saved")
    .slice(0, limit);
}

/** Received, but no receipt has yet listed everything that they name. */
export async function awaitingReceipt(): Promise<StoredEvent[]> {
  return readAll("events").filter((event) => event.open && event.state === "received");
}

export async function markAnswered(
  answers: readonly { event_id: string; state: "received" | "refused"; code: string | null }[],
): Promise<void> {
  if (answers.length === 0) return;
  await change((draft) => {
    for (const answer of answers) {
      const row = draft.get("events", answer.event_id);
      if (row && row.state !== answer.state) {
        draft.put("events", { ...row, state: answer.state, code: answer.code });
      }
    }
  });
  changed("outbox");
}

export async function eventsOf(visit: string): Promise<StoredEvent[]> {
  return readAll("events").filter((event) => event.visit === visit);
}

/** In the order of the chain. */
export async function allEvents(): Promise<StoredEvent[]> {
  return readAll("events");
}

const bodies = new WeakMap<StoredEvent, unknown>();

/** The body of an event as it was signed. Read once for as long as the event is in memory. */
export function bodyOf<K extends Kind>(event: StoredEvent): Bodies[K] {
  let body = bodies.get(event) as Bodies[K] | undefined;
  if (!body) {
    body = (JSON.parse(fromUtf8(event.bytes)) as { body: Bodies[K] }).body;
    bodies.set(event, body);
  }
  return body;
}

export interface OutboxCount {
  /** Events that the server has not received. */
  readonly events: number;
  /** Photos of events that the server has not received. */
  readonly photos: number;
  /** Events that the server keeps apart for a person to look at. */
  readonly refused: number;
}

export async function countOutbox(): Promise<OutboxCount> {
  const count = { events: 0, photos: 0, refused: 0 };
  for (const event of readAll("events")) {
    if (event.open && event.state === "saved") count.events += 1;
    if (event.open && event.state === "refused") count.refused += 1;
  }
  for (const photo of readAll("evidence")) {
    if (!photo.uploaded && photo.event_id !== null) count.photos += 1;
  }
  return count;
}
