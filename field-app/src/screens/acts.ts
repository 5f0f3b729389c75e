/** What an officer's taps do: each writes its event first, and only then lets the screen go on. */

import { positionNow } from "../device/location";
import { timeForEvent } from "../device/clock";
import type {
  Bodies,
  DataSubject,
  EventPlace,
  EvidenceRef,
  Kind,
  Method,
  Position,
  ReceiptMark,
  Witness,
} from "../domain/events";
import type { Notes } from "../domain/money";
import {
  begin,
  drawAll,
  handedOverBody,
  mayHandOver,
  paymentsOf,
  procedureFor,
  toldOf,
  verificationBody,
  type Procedure,
  type Progress,
} from "../domain/sop";
import type { Visit } from "../domain/worklist";
import { readWorklistHead } from "../store/assignments";
import type { StoredEvent } from "../store/database";
import { readIdentity } from "../store/identity";
import { append } from "../store/outbox";
import { readProgress, saveProgress } from "../store/progress";
import { APP_VERSION } from "../sync/enrol";
import { kick } from "../sync/engine";
import { findOnline } from "../sync/pull";
import { mayPayHere, readDesk } from "./desk";

/** The version in force, or the one under which the visit's hand-over began and will end. */
export async function procedureOf(visit: Visit): Promise<Procedure> {
  const begun = (await readProgress(visit.id))?.procedure;
  if (begun) return begun;
  const worklist = await readWorklistHead();
  return procedureFor(worklist?.sop ?? { version: "1", channels: {}, unknown: [] }, visit.channel);
}

/**
 * A hand-over that starts now: under the version in force, with what is known of the family and
 * what is drawn for it. It ends under that version, whatever the phone learns meanwhile.
 */
export async function prepareHandOver(
  visit: Visit,
  letter: Progress["letter"],
  trust: Progress["letterTrust"],
): Promise<Progress> {
  const worklist = await readWorklistHead();
  const sop = worklist?.sop ?? { version: "1", channels: {}, unknown: [] };
  const procedure = procedureFor(sop, visit.channel);
  const draws = await drawAll(procedure, visit.id, worklist?.lease?.collector_key ?? null);
  const fresh = begin(visit.id, visit.recipient, letter, trust, Date.now());
  return { ...fresh, procedure, facts: toldOf(visit), draws };
}

/** Nobody scanned a letter: the number was typed, or the family was found in the list. */
export const startHandOver = async (visit: Visit, letter: "number" | "search"): Promise<void> =>
  saveProgress(await prepareHandOver(visit, letter, null));

async function placeOf(visit: Visit | null): Promise<EventPlace> {
  const [identity, worklist] = await Promise.all([readIdentity(), readWorklistHead()]);
  return {
    device: identity?.device_id ?? "",
    app: APP_VERSION,
    lease: worklist?.lease?.id ?? null,
    session: worklist?.session?.id ?? null,
    sop: visit ? (await procedureOf(visit)).id : "cash/1",
    visit: visit?.id ?? null,
    position: positionNow(),
    time: timeForEvent(),
  };
}

export async function write<K extends Kind>(
  kind: K,
  body: Bodies[K],
  visit: Visit | null,
  progress?: (eventId: string) => Progress | null,
): Promise<StoredEvent> {
  const place = await placeOf(visit);
  const event = await append({ kind, body, place, ...(progress ? { progress } : {}) });
  kick();
  return event;
}

export const CANCEL_REASONS = ["recipient_left", "count_differs", "wrong_person", "other"] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number] | "interrupted";

/** Who stands here, and how strongly that was proven. */
export async function verify(
  visit: Visit,
  progress: Progress,
  method: Method,
  witness: Witness | null,
  reason: string | null,
  code: string | null = null,
): Promise<void> {
  const body = verificationBody(progress, method, witness, reason, code);
  const witnessed = witness !== null;
  // At the verifier's desk nothing is under way any more: the family takes the ticket along.
  const ends = (await readDesk()).role === "verifier";
  await write("verification", body, visit, (event) =>
    ends
      ? null
      : { ...progress, verification: { event, method, verdict: body.verdict, witnessed } },
  );
}

/** Another phone may hold the lease: only the server knows whether the family was paid meanwhile. */
async function askStillPayable(visit: Visit): Promise<void> {
  const found = await findOnline(visit.number);
  const same = found.find((one) => one.id === visit.id);
  if (!same || same.total !== visit.total) throw new NoLongerPayable();
}

export class NoLongerPayable extends Error {}

/** Another desk pays this family, or this phone pays nobody. */
export class NotOurs extends Error {}

/**
 * Before the amount is shown and notes leave the bag. Writes one beginning at most until it is
 * ended or cancelled. Throws when a step before it is open.
 */
export async function beginHandOver(visit: Visit): Promise<void> {
  const progress = await readProgress(visit.id);
  if (!progress || progress.begun) return;
  if (!mayHandOver(progress, await procedureOf(visit))) {
    throw new Error("a step before the hand-over is not done");
  }
  if (!(await mayPayHere(visit, progress))) throw new NotOurs();
  const offLease = visit.online_only || (visit.unleased && !progress.by?.unleased);
  if (offLease) await askStillPayable(visit);
  const body = { payments: paymentsOf(visit), total: visit.total };
  await write("hand_over_begun", body, visit, (event) => ({ ...progress, begun: event }));
}

/**
 * The cash is back in the bag. Where the same person still stands here, what was verified is kept
 * and the hand-over may begin again.
 */
export async function cancelHandOver(
  visit: Visit,
  progress: Progress,
  reason: CancelReason,
): Promise<void> {
  if (!progress.begun) return;
  const stays = reason === "count_differs" || reason === "interrupted";
  const again = stays ? { ...progress, begun: null, counted: false, photo: null } : null;
  await write("hand_over_cancelled", { begun: progress.begun, reason }, visit, () => again);
}

/** The family has the cash. Returns once that is on the disk with everything that proves it. */
export async function endHandOver(
  visit: Visit,
  progress: Progress,
  mark: ReceiptMark,
  markEvidence: EvidenceRef | null,
  witness: Witness | null,
): Promise<Progress> {
  const body = handedOverBody(progress, visit, mark, markEvidence, witness);
  let next = progress;
  await write("handed_over", body, visit, (event) => {
    next = { ...progress, mark, handedOver: event };
    return null;
  });
  return next;
}

export async function recordAttempt(
  visit: Visit,
  code: string,
  note: string,
  evidence: readonly EvidenceRef[],
): Promise<void> {
  await write("attempt_failed", { code, note, evidence }, visit, () => null);
}

/** Where the house stands. Without a fix there is nothing to say: the photo goes with the payout. */
export async function recordHouse(visit: Visit, photo: EvidenceRef): Promise<void> {
  const position = positionNow();
  if (!position) return;
  const { lat, lon, accuracy_m } = position;
  await write("geotag", { house: true, lat, lon, accuracy_m, evidence: [photo] }, visit);
}

/** A house alone, of a family that was paid at a counter: nothing is paid there. */
export async function locateHouse(
  visit: string,
  photo: EvidenceRef,
  { lat, lon, accuracy_m }: Position,
): Promise<void> {
  const place = { ...(await placeOf(null)), visit, sop: "house/1" };
  const body = { house: true, lat, lon, accuracy_m, evidence: [photo] } as const;
  await append({ kind: "geotag", body, place });
  kick();
}

/** The officer has read what the back office said. */
export async function readInstruction(instruction: string): Promise<void> {
  await write("instruction_seen", { instruction }, null);
}

/** What is different, or that the supervisor is asked: somebody looks at it later. */
export async function tell(
  visit: Visit,
  about: DataSubject,
  note: string,
  photo: EvidenceRef | null,
): Promise<void> {
  const body = { about, note, ...(photo ? { evidence: [photo] } : {}) };
  await write("data_proposal", body, visit);
}

export async function acceptFloat(floatId: string, notes: Notes, total: number): Promise<void> {
  await write("cash_transfer", { float_id: floatId, direction: "accept", notes, total }, null);
}

export async function countCash(notes: Notes, total: number): Promise<void> {
  await write("cash_count", { notes, total }, null);
}
