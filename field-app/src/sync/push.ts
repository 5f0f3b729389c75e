/** Outbound: small events before big photos, each kept until a signed receipt lists it. */

import { openReceipt, type SignedReceipt } from "../domain/receipt";
import type { Identity, StoredEvent } from "../store/database";
import { changed } from "../store/changes";
import { applyReceipt, markUploaded, readEvidence, toUpload } from "../store/evidence";
import { awaitingReceipt, markAnswered, onTheWire, unsent } from "../store/outbox";
import { exchange, postJson, Refused } from "./api";
import { Pace, uploadPhoto } from "./upload";

const EVENTS_PER_PUSH = 100;

interface Result {
  event_id: string;
  status: "stored" | "known" | "quarantined";
  code?: string | null;
}

async function send(events: readonly StoredEvent[], identity: Identity): Promise<void> {
  const answer = await postJson("/events", { events: events.map(onTheWire) });
  const results = (Array.isArray(answer["results"]) ? answer["results"] : []) as Result[];
  await markAnswered(
    results.map(({ event_id, status, code }) => ({
      event_id,
      state: status === "quarantined" ? ("refused" as const) : ("received" as const),
      code: code ?? null,
    })),
  );
  const signed = answer["receipt"] as SignedReceipt | undefined;
  const receipt =
    signed && (await openReceipt(signed, identity.server_key.public_key, identity.device_id));
  if (receipt) await applyReceipt(receipt);
}

/** One event that the server cannot read at all must not hold back the others. */
async function sendApart(events: readonly StoredEvent[], identity: Identity): Promise<void> {
  try {
    await send(events, identity);
  } catch (error) {
    if (!(error instanceof Refused) || [401, 403].includes(error.status)) throw error;
    const [first] = events;
    if (events.length === 1 && first) {
      await markAnswered([{ event_id: first.event_id, state: "refused", code: error.code }]);
      return;
    }
    const half = Math.ceil(events.length / 2);
    await sendApart(events.slice(0, half), identity);
    await sendApart(events.slice(half), identity);
  }
}

export async function pushEvents(identity: Identity): Promise<void> {
  for (;;) {
    const batch = await unsent(EVENTS_PER_PUSH);
    if (batch.length === 0) return;
    await sendApart(batch, identity);
    const again = await unsent(1);
    if (again[0]?.event_id === batch[0]?.event_id) return; // Unanswered: wait for the next turn.
  }
}

let pace = new Pace();
/** What this run of the app has sent, or found to be waiting, since nothing was waiting last. */
const backlog = new Map<string, number>();
const done = new Set<string>();
let underWay = 0;
/** Refused for what they are: the same bytes would be refused again. Asked anew after a restart. */
const unwanted = new Set<string>();

/** Tests start from nothing. */
export function forgetUploads(): void {
  pace = new Pace();
  [backlog, done, unwanted].forEach((each) => each.clear());
}

export interface UploadProgress {
  readonly done: number;
  readonly total: number;
  readonly percent: number;
}

/** How far the photos that wait are on their way; null when none is. */
export function uploadProgress(): UploadProgress | null {
  if (done.size === backlog.size) return null;
  let total = 0;
  let sent = underWay;
  for (const [sha256, length] of backlog) {
    total += length;
    if (done.has(sha256)) sent += length;
  }
  return { done: done.size, total: backlog.size, percent: Math.floor((100 * sent) / total) };
}

/**
 * Sends what the server lacks of each photo, the small ones first. Stops between two pieces when
 * there is news, so that money goes first.
 */
export async function pushEvidence(hasNews: () => Promise<boolean>): Promise<void> {
  const waiting = (await toUpload()).filter((photo) => !unwanted.has(photo.sha256));
  if (done.size === backlog.size) {
    backlog.clear();
    done.clear();
  }
  for (const { sha256, length } of waiting) backlog.set(sha256, length);
  for (const { sha256, media_type } of waiting.sort((a, b) => a.length - b.length)) {
    const bytes = (await readEvidence(sha256))?.bytes;
    if (!bytes) continue;
    try {
      const whole = await uploadPhoto({
        sha256,
        bytes: new Uint8Array(bytes),
        mediaType: media_type,
        pace,
        exchange: (call) => exchange({ ...call, signed: true }),
        mustYield: hasNews,
        onProgress: (sent) => {
          underWay = sent;
          changed("sync");
        },
      });
      if (!whole) return;
      await markUploaded(sha256);
      done.add(sha256);
    } catch (error) {
      // One photo that the server does not take stays here and holds back no other.
      if (!(error instanceof Refused) || [401, 403].includes(error.status)) throw error;
      if ([413, 422].includes(error.status)) unwanted.add(sha256);
      backlog.delete(sha256);
    } finally {
      underWay = 0;
    }
    if (await hasNews()) return;
  }
}

/** Asks for a receipt of what is still open: the same events again, which are known by now. */
export async function fetchReceipts(identity: Identity): Promise<void> {
  const pending = new Set((await toUpload()).map((photo) => photo.sha256));
  const ready = (await awaitingReceipt()).filter((event) =>
    event.evidence.every((file) => !pending.has(file.sha256)),
  );
  for (let i = 0; i < ready.length; i += EVENTS_PER_PUSH) {
    await send(ready.slice(i, i + EVENTS_PER_PUSH), identity);
  }
}
