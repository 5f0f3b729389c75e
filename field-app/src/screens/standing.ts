/** How far a family is, in the words of the three promises: on this phone, at the server, complete. */

import type { Key } from "../i18n";
import { inDoubt, type Progress } from "../domain/sop";
import { handlesCash, rightOf } from "../domain/desks";
import type { Visit } from "../domain/worklist";
import { allProgress } from "../store/progress";
import { readVisits, readWorklistHead } from "../store/assignments";
import { allEvents, bodyOf } from "../store/outbox";
import type { Bag } from "../domain/bag";
import { cashOf, openFloats } from "./cash-in-hand";
import { readDesk, type Desk } from "./desk";
import type { StoredEvent } from "../store/database";

export type Proof = "saved" | "received" | "complete" | "refused";

export type Standing =
  | { kind: "waiting" }
  | { kind: "under_way" }
  | { kind: "in_doubt" }
  | { kind: "paid"; proof: Proof; event: StoredEvent }
  | { kind: "failed"; proof: Proof; code: string }
  | { kind: "elsewhere" }
  /** Seen by the verifier's desk, which this phone is; the payer's desk goes on. */
  | { kind: "verified"; proof: Proof }
  /** Given to another desk, by its device. */
  | { kind: "released"; to: string }
  | { kind: "other_desk"; desk: number };

export function proofOf(event: StoredEvent): Proof {
  if (event.state === "refused") return "refused";
  if (event.open === 0) return "complete";
  return event.state === "received" ? "received" : "saved";
}

/** Statuses in which the server no longer expects anything from this visit. */
const SETTLED = new Set(["paid", "cancelled"]);

export function standingOf(
  visit: Visit,
  events: readonly StoredEvent[],
  progress: Progress | undefined,
  desk: Desk,
): Standing {
  const paid = events.find((event) => event.kind === "handed_over");
  if (paid) return { kind: "paid", proof: proofOf(paid), event: paid };
  const right = rightOf(visit, desk);
  const taken = progress?.by?.stub || progress?.by?.unleased || progress?.begun;
  const ours = !handlesCash(desk.role) || right.kind === "here" || taken;
  if (progress && ours) return inDoubt(progress) ? { kind: "in_doubt" } : { kind: "under_way" };
  if (SETTLED.has(visit.status) || visit.total === 0) return { kind: "elsewhere" };
  if (!ours) return right;
  if (desk.role === "verifier") {
    const verified = events.filter((event) => event.kind === "verification").at(-1);
    if (verified) return { kind: "verified", proof: proofOf(verified) };
  }
  const failed = events.filter((event) => event.kind === "attempt_failed").at(-1);
  if (failed) {
    const { code } = bodyOf<"attempt_failed">(failed);
    return { kind: "failed", proof: proofOf(failed), code };
  }
  return { kind: "waiting" };
}

export const PROOF_WORD: Readonly<Record<Proof, Key>> = {
  saved: "standing.saved",
  received: "standing.received",
  complete: "standing.complete",
  refused: "standing.refused",
};

export interface Standings {
  readonly visits: readonly Visit[];
  readonly of: ReadonlyMap<string, Standing>;
  readonly cash: Bag;
  readonly desk: Desk;
}

/** Everything that the list shows, read at once. */
export async function readStandings(): Promise<Standings> {
  const [visits, events, progress, head] = await Promise.all([
    readVisits(),
    allEvents(),
    allProgress(),
    readWorklistHead(),
  ]);
  const desk = await readDesk();
  const byVisit = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const key = event.visit ?? "";
    byVisit.set(key, [...(byVisit.get(key) ?? []), event]);
  }
  const underWay = new Map(progress.map((one) => [one.visit, one]));
  const of = new Map(
    visits.map((visit) => [
      visit.id,
      standingOf(visit, byVisit.get(visit.id) ?? [], underWay.get(visit.id), desk),
    ]),
  );
  return { visits, of, cash: cashOf(events, openFloats(head, events)), desk };
}
