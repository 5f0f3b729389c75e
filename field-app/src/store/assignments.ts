/** The leased worklist, as the server gave it last. */

import { withOutcomes, type Visit, type Worklist, type WorklistAnswer } from "../domain/worklist";
import { changed } from "./changes";
import { change, read, readAll, readPaper } from "./records";

export async function readWorklistHead(): Promise<Worklist | null> {
  return readPaper("worklist");
}

export async function readVisits(): Promise<Visit[]> {
  return readAll("visits");
}

export async function readVisit(id: string): Promise<Visit | undefined> {
  return read("visits", id);
}

/** A paid visit has nothing left to pay; what it was about is still shown on its receipt. */
const withPayments = (visit: Visit, kept: Visit): Visit => ({
  ...visit,
  payments: kept.payments,
  total: kept.total,
});

/**
 * Takes over what the server leases now. `whole` answers replace everything; an answer to a cursor
 * only brings what changed. A visit whose hand-over is under way stays until it is ended, with the
 * amount with which it was begun: what a family is being handed does not change under their eyes.
 */
export async function takeOver(answer: WorklistAnswer, whole: boolean): Promise<void> {
  await change((draft) => {
    if (whole) {
      const keep = new Set([...answer.visits.map((visit) => visit.id), ...draft.keys("progress")]);
      for (const id of draft.keys("visits")) if (!keep.has(id)) draft.delete("visits", id);
    }
    for (const id of answer.gone) {
      if (!draft.get("progress", id)) draft.delete("visits", id);
    }
    for (const visit of answer.visits) {
      if (draft.get("progress", visit.id)?.begun) continue;
      const kept = draft.get("visits", visit.id);
      const next = visit.payments.length === 0 && kept ? withPayments(visit, kept) : visit;
      // A whole list of a thousand families is mostly what the phone has: sealed again it is not.
      if (JSON.stringify(kept) !== JSON.stringify(next)) draft.put("visits", next);
    }
    const before = readPaper("worklist")?.outcomes ?? [];
    const outcomes = withOutcomes(whole ? [] : before, answer.worklist.outcomes);
    draft.paper("worklist", { ...answer.worklist, outcomes });
  });
  changed("worklist");
}

/**
 * A visit found online, kept so that its hand-over survives a restart. One that is leased to this
 * phone stays leased.
 */
export async function keepFound(visit: Visit): Promise<void> {
  await change((draft) => {
    const kept = draft.get("visits", visit.id);
    if (!kept || kept.unleased) draft.put("visits", { ...visit, unleased: true });
  });
  changed("worklist");
}

/** Forgets the families of a lease that is over, but for a hand-over under way. */
export async function dropAssignments(): Promise<boolean> {
  const dropped = await change((draft) => {
    const over = draft.keys("visits").filter((id) => !draft.get("progress", id));
    for (const id of over) draft.delete("visits", id);
    return over.length;
  });
  if (dropped) changed("worklist");
  return dropped > 0;
}
