/** The outbox: an event is on the disk, signed and chained, before any screen says so. */

import { evidenceIn, eventBytes, type Bodies, type EventPlace, type Kind } from "../domain/events";
import { base64url, fromUtf8 } from "../domain/encoding";
import { uuid7 } from "../domain/ids";
import type { Progress } from "../domain/sop";
import { sha256Hex, sign } from "../domain/signing";
import { changed } from "./changes";
import { database, readSingle, type StoredEvent } from "./database";

let queue: Promise<unknown> = Promise.resolve();

/** One at a time: two events must never take the same place in the chain. */
function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(work, work);
  queue = result.catch(() => undefined);
  return result;
}

export interface NewEvent<K extends Kind> {
  readonly kind: K;
  readonly body: Bodies[K];
  readonly place: EventPlace;
  /** Where the hand-over stands once this event is written, in the same transaction. */
  readonly progress?: (eventId: string) => Progress | null;
}

/**
 * Signs the event, links it to the one before, and returns when it is on the disk together with
 * the state of its hand-over. Rejects when the phone could not keep it: then nothing was written.
 */
export function append<K extends Kind>(event: NewEvent<K>): Promise<StoredEvent> {
  return inTurn(async () => {
    const identity = await readSingle("identity");
    if (!identity) throw new Error("this phone is not enrolled");
    const head = (await readSingle("chain")) ?? { sequence: 0, previous: null };
    const link = { sequence: head.sequence + 1, previous: head.previous };
    const now = Date.now();
    const eventId = uuid7(now, crypto.getRandomValues(new Uint8Array(10)));
    const bytes = eventBytes(event.kind, event.body, eventId, event.place, link);
    const signature = await sign(identity.private_key, bytes);
    const hash = await sha256Hex(bytes);
    const row: StoredEvent = {
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
    const tx = (await database()).transaction(
      ["events", "single", "evidence", "progress"],
      "readwrite",
      { durability: "strict" },
    );
    try {
      await tx.objectStore("events").add(row);
      await tx
        .objectStore("single")
        .put({ name: "chain", value: { sequence: link.sequence, previous: hash } });
      for (const reference of row.evidence) {
        const kept = await tx.objectStore("evidence").get(reference.sha256);
        if (kept) await tx.objectStore("evidence").put({ ...kept, event_id: eventId });
      }
      const progress = event.progress?.(eventId);
      if (progress) await tx.objectStore("progress").put(progress);
      if (progress === null && row.visit) await tx.objectStore("progress").delete(row.visit);
    } catch (error) {
      // What was already asked of the transaction would otherwise be kept without the rest.
      tx.abort();
      await tx.done.catch(() => undefined);
      throw error;
    }
    await tx.done;
    changed("outbox", "progress");
    return row;
  });
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
  const open = await (await database()).getAllFromIndex("events", "open", 1);
  return open
    .filter((event) => event.state === "saved")
    .sort((a, b) => a.sequence - b.sequence)
    .slice(0, limit);
}

/** Received, but no receipt has yet listed everything that they name. */
export async function awaitingReceipt(): Promise<StoredEvent[]> {
  const open = await (await database()).getAllFromIndex("events", "open", 1);
  return open.filter((event) => event.state === "received").sort((a, b) => a.sequence - b.sequence);
}

export async function markAnswered(
  answers: readonly { event_id: string; state: "received" | "refused"; code: string | null }[],
): Promise<void> {
  const tx = (await database()).transaction("events", "readwrite", { durability: "strict" });
  for (const answer of answers) {
    const row = await tx.store.get(answer.event_id);
    if (row && row.state !== answer.state) {
      await tx.store.put({ ...row, state: answer.state, code: answer.code });
    }
  }
  await tx.done;
  if (answers.length) changed("outbox");
}

export async function eventsOf(visit: string): Promise<StoredEvent[]> {
  return (await database()).getAllFromIndex("events", "visit", visit);
}

export async function allEvents(): Promise<StoredEvent[]> {
  return (await database()).getAllFromIndex("events", "sequence");
}

/** The body of an event as it was signed. */
export function bodyOf<K extends Kind>(event: StoredEvent): Bodies[K] {
  return (JSON.parse(fromUtf8(event.bytes)) as { body: Bodies[K] }).body;
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
  const db = await database();
  const open = await db.getAllFromIndex("events", "open", 1);
  const waiting = await db.getAllFromIndex("evidence", "uploaded", 0);
  return {
    events: open.filter((event) => event.state === "saved").length,
    photos: waiting.filter((photo) => photo.event_id !== null).length,
    refused: open.filter((event) => event.state === "refused").length,
  };
}
