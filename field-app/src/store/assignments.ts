/** The leased worklist, as the server gave it last. */

import { withOutcomes, type Visit, type Worklist, type WorklistAnswer } from "../domain/worklist";
import { changed } from "./changes";
import { database, readSingle } from "./database";

export const readWorklistHead = (): Promise<Worklist | null> => readSingle("worklist");

export async function readVisits(): Promise<Visit[]> {
  return (await database()).getAll("visits");
}

export async function readVisit(id: string): Promise<Visit | undefined> {
  return (await database()).get("visits", id);
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
  const tx = (await database()).transaction(["visits", "single", "progress"], "readwrite", {
    durability: "strict",
  });
  const visits = tx.objectStore("visits");
  if (whole) {
    const keep = new Set([
      ...answer.visits.map((visit) => visit.id),
      ...(await tx.objectStore("progress").getAllKeys()),
    ]);
    for (const id of await visits.getAllKeys()) if (!keep.has(id)) await visits.delete(id);
  }
  for (const id of answer.gone) {
    if (!(await tx.objectStore("progress").get(id))) await visits.delete(id);
  }
  for (const visit of answer.visits) {
    const underWay = await tx.objectStore("progress").get(visit.id);
    if (underWay?.begun) continue;
    const kept = await visits.get(visit.id);
    await visits.put(visit.payments.length === 0 && kept ? withPayments(visit, kept) : visit);
  }
  const before = (await tx.objectStore("single").get("worklist"))?.value as Worklist | undefined;
  const outcomes = withOutcomes(whole ? [] : (before?.outcomes ?? []), answer.worklist.outcomes);
  const head: Worklist = { ...answer.worklist, outcomes };
  await tx.objectStore("single").put({ name: "worklist", value: head });
  await tx.done;
  changed("worklist");
}

/**
 * A visit found online, kept so that its hand-over survives a restart. One that is leased to this
 * phone stays leased.
 */
export async function keepFound(visit: Visit): Promise<void> {
  const tx = (await database()).transaction("visits", "readwrite");
  const kept = await tx.store.get(visit.id);
  if (!kept || kept.unleased) await tx.store.put({ ...visit, unleased: true });
  await tx.done;
  changed("worklist");
}
