/** Inbound: the worklist, visits found by search, and the answer about a face. */

import { base64url } from "../domain/encoding";
import type { Verdict } from "../domain/events";
import { readWorklist, type Visit } from "../domain/worklist";
import { readWorklistHead, takeOver } from "../store/assignments";
import { sealWhatIsOpen } from "../store/escrow";
import { readEvidence } from "../store/evidence";
import { keepOutboxKey } from "../store/identity";
import { getJson, postJson } from "./api";

/** A change brings one family; the whole list is asked for now and then, to learn who has left. */
const WHOLE_EVERY_MS = 15 * 60_000;

let lastWhole = 0;

/** Pulls the lease: all of it, or what changed since the last time. Puts it in place at once. */
export async function pullWorklist(wantsWhole: boolean): Promise<void> {
  const kept = await readWorklistHead();
  const since =
    !wantsWhole && kept?.lease && Date.now() - lastWhole < WHOLE_EVERY_MS ? kept.cursor : null;
  const query = since === null ? "" : `?cursor=${encodeURIComponent(since)}`;
  const raw = await getJson(`/worklist${query}`);
  if (await keepOutboxKey(raw["outbox_key"])) await sealWhatIsOpen();
  const answer = readWorklist(raw, Date.now());
  if (since !== null && answer.worklist.lease?.id !== kept?.lease?.id) return pullWorklist(true);
  await takeOver(answer, since === null);
  if (since === null) lastWhole = Date.now();
}

export async function findOnline(text: string): Promise<Visit[]> {
  const answer = await postJson("/visits/find", { q: text });
  return readWorklist(answer, Date.now()).visits as Visit[];
}

export interface FaceAnswer {
  readonly verdict: Verdict;
  readonly scoreMilli: number | null;
  readonly reasons: readonly string[];
  readonly ticket: string | null;
  readonly hasReference: boolean;
}

/** What the server calls a decision, as one of the four ways on. */
const VERDICTS: Readonly<Record<string, Verdict>> = {
  match: "match",
  review: "review",
  capture_again: "capture_again",
  unreadable: "capture_again",
};

/** Advice while the person stands there; the server judges again from the evidence. */
export async function verifyFace(
  visitId: string,
  personId: string,
  sha256: string,
): Promise<FaceAnswer> {
  const kept = await readEvidence(sha256);
  if (!kept?.bytes) throw new Error("the picture is not on this phone");
  const answer = await postJson("/faces/verify", {
    visit_id: visitId,
    person_id: personId,
    image: base64url(new Uint8Array(kept.bytes)),
  });
  const { score, reasons, ticket } = answer;
  return {
    verdict: VERDICTS[String(answer["verdict"])] ?? "unchecked",
    scoreMilli: typeof score === "number" ? Math.round(score * 1000) : null,
    reasons: Array.isArray(reasons) ? reasons.map(String) : [],
    ticket: typeof ticket === "string" && ticket ? ticket : null,
    hasReference: answer["has_reference"] === true,
  };
}
