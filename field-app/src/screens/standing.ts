/** How far a family is, in the words of the three promises: on this phone, at the server, complete. */

import type { Key } from "../i18n";
import { inDoubt, type Progress } from "../domain/sop";
import type { Visit } from "../domain/worklist";
import { allProgress } from "../store/progress";
import { readVisits, readWorklistHead } from "../store/assignments";
import { allEvents, bodyOf } from "../store/outbox";
import { cashOf, openFloats, type Cash } from "./cash-in-hand";
import type { StoredEvent } from "../store/database";

export type Proof = "saved" | "received" | "complete" | "refused";

export type Standing =
  | { kind: "waiting" }
  | { kind: "under_way" }
  | { kind: "in_doubt" }
  | { kind: "paid"; proof: Proof; event: StoredEvent }
  | { kind: "failed"; proof: Proof; code: string }
  | { kind: "elsewhere" };

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
): Standing {
  const paid = events.find((event) => event.kind === "handed_over");
  if (paid) return { kind: "paid", proof: proofOf(paid), event: paid };
  if (progress) return inDoubt(progress) ? { kind: "in_doubt" } : { kind: "under_way" };
  if (SETTLED.has(visit.status) || visit.total === 0) return { kind: "elsewhere" };
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
  readonly cash: Cash;
}

/** Everything that the list shows, read at once. */
export async function readStandings(): Promise<Standings> {
  const [visits, events, progress, head] = await Promise.all([
    readVisits(),
    allEvents(),
    allProgress(),
    readWorklistHead(),
  ]);
  const byVisit = new Map<string, StoredEvent[]>();
  for (const event of events) {
    const key = event.visit ?? "";
    byVisit.set(key, [...(byVisit.get(key) ?? []), event]);
  }
  const underWay = new Map(progress.map((one) => [one.visit, one]));
  const of = new Map(
    visits.map((visit) => [
      visit.id,
      standingOf(visit, byVisit.get(visit.id) ?? [], underWay.get(visit.id)),
    ]),
  );
  return { visits, of, cash: cashOf(events, openFloats(head)) };
}
