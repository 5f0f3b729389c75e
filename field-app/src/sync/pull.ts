/** Inbound: the worklist, visits found by search, and the answer about a face. */

import type { Verdict } from "../domain/events";
import { readWorklist, type Visit, type WorklistAnswer } from "../domain/worklist";
import { takeOver } from "../store/assignments";
import { readEvidence } from "../store/evidence";
import { getJson, postJson, putEvidence } from "./api";

const MOST_PAGES = 50;

/** Pulls the whole lease, page by page, and puts it in place at once. */
export async function pullWorklist(): Promise<void> {
  let cursor: string | null = null;
  let whole: WorklistAnswer | null = null;
  const visits = new Map<string, Visit>();
  for (let page = 0; page < MOST_PAGES; page++) {
    const query: string = cursor === null ? "" : `?cursor=${encodeURIComponent(cursor)}`;
    const answer = readWorklist(await getJson(`/worklist${query}`), Date.now());
    const before = visits.size;
    for (const visit of answer.visits) visits.set(visit.id, visit);
    whole = answer;
    if (answer.worklist.cursor === null || answer.worklist.cursor === cursor) break;
    if (visits.size === before) break; // Nothing new behind this cursor.
    cursor = answer.worklist.cursor;
  }
  if (whole) await takeOver({ worklist: whole.worklist, visits: [...visits.values()] }, true);
}

export async function findOnline(text: string): Promise<Visit[]> {
  const answer = await postJson("/visits/find", { q: text });
  return readWorklist(answer, Date.now()).visits as Visit[];
}

export interface FaceAnswer {
  readonly verdict: Verdict;
  readonly scoreMilli: number | null;
  readonly reasons: readonly string[];
  readonly hasReference: boolean;
}

/** Sends the picture once, as the evidence that it will be, and asks about it by its hash. */
export async function verifyFace(
  visitId: string,
  personId: string,
  sha256: string,
): Promise<FaceAnswer> {
  const kept = await readEvidence(sha256);
  if (kept?.bytes) {
    await putEvidence(sha256, new Uint8Array(kept.bytes), kept.kind, kept.media_type);
  }
  const answer = await postJson("/faces/verify", {
    visit_id: visitId,
    person_id: personId,
    sha256,
  });
  const score = answer["score"];
  const verdict = answer["verdict"];
  return {
    verdict:
      verdict === "match" || verdict === "review" || verdict === "capture_again"
        ? verdict
        : "unchecked",
    scoreMilli: typeof score === "number" ? Math.round(score * 1000) : null,
    reasons: Array.isArray(answer["reasons"]) ? answer["reasons"].map(String) : [],
    hasReference: answer["has_reference"] === true,
  };
}
