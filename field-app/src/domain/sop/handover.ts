/** One hand-over under way: where it stands, what it may do next, and what it signs. */

import type {
  Authority,
  Bodies,
  EvidenceRef,
  Method,
  Missing,
  ReceiptMark,
  SignedSlip,
  Verdict,
  Witness,
} from "../events";
import type { LetterClaims, LetterTrust } from "../letter";
import type { Visit } from "../worklist";
import type { Procedure, StepCode } from "./reading";
import {
  excuse,
  isDone,
  planWalk,
  VERIFIERS_PART,
  verifiersPart,
  type Draws,
  type Facts,
  type PlannedAsk,
  type PlannedStep,
  type Recorded,
} from "./walk";

/** A stage is one segment of the bar on top: the proofs after the hand-over are taken together. */
export type Stage = "letter" | "documents" | "face" | "hand_over" | "proof" | "receipt";

const STAGE: Readonly<Record<StepCode, Stage>> = {
  letter: "letter",
  documents: "documents",
  face: "face",
  hand_over: "hand_over",
  recipient_photo: "proof",
  receipt_mark: "proof",
  house: "proof",
  receipt: "receipt",
};

export const stageOf = (code: StepCode): Stage => STAGE[code];

export function stagesOf(walk: readonly PlannedStep[]): Stage[] {
  return [...new Set(walk.map((s) => STAGE[s.code]))];
}

export interface FaceTry {
  readonly evidence: EvidenceRef;
  readonly verdict: Verdict;
  readonly score_milli: number | null;
  readonly reasons: readonly string[];
  readonly ticket: string | null;
}

export interface Collecting {
  readonly person_id: string;
  readonly name: string;
  readonly relation: string;
  /** The paper on which somebody else collects. */
  readonly authority?: Authority;
  /** Whether the number on the card was compared with the family's list. */
  readonly nik_checked?: "typed" | "read" | "not_checked";
}

/** On what else than the own lease a hand-over stands; it goes into its event as it is. */
export interface Entitling {
  /** The verifier's desk signed who stands here: what it has seen is not asked for again. */
  readonly slip?: SignedSlip;
  /** A family of another desk, against its original letter, which is kept. */
  readonly stub?: boolean;
  readonly unleased?: { readonly letter: string; readonly code: string };
}

/** Everything about one hand-over under way; kept in the store after each step. */
export interface Progress {
  readonly visit: string;
  readonly startedAt: number;
  readonly letter: "scanned" | "number" | "search";
  readonly letterTrust: LetterTrust | null;
  readonly letterAccepted: boolean;
  /** What the scanned letter says; null without a letter that could be read. */
  readonly letterClaims: LetterClaims | null;
  /** By kind; a second paper of a kind as `ktp:2`. */
  readonly documents: Readonly<Record<string, EvidenceRef>>;
  /** Papers that were looked at and found good, where that is enough. */
  readonly ticked?: readonly string[];
  readonly collector: Collecting;
  readonly authority: EvidenceRef | null;
  readonly faces: readonly FaceTry[];
  readonly verification: {
    readonly event: string;
    readonly method: Method;
    readonly verdict: Verdict;
    readonly witnessed?: boolean;
  } | null;
  readonly begun: string | null;
  readonly counted: boolean;
  readonly photo: EvidenceRef | null;
  readonly house: EvidenceRef | null;
  readonly mark: ReceiptMark | null;
  /** What could not be had, and why: reviewed later, never refused. */
  readonly missing?: readonly Missing[];
  /**
   * The version under which it began and ends, with what was known of the family and drawn for it
   * then. Absent in what an older app left behind.
   */
  readonly procedure?: Procedure;
  readonly facts?: Facts;
  readonly draws?: Draws;
  readonly handedOver: string | null;
  readonly by?: Entitling;
}

export function begin(
  visit: string,
  recipient: { readonly person_id: string; readonly name: string },
  letter: Progress["letter"],
  letterTrust: LetterTrust | null,
  startedAt: number,
): Progress {
  return {
    visit,
    startedAt,
    letter,
    letterTrust,
    letterAccepted: false,
    letterClaims: null,
    documents: {},
    collector: { person_id: recipient.person_id, name: recipient.name, relation: "self" },
    authority: null,
    faces: [],
    verification: null,
    begun: null,
    counted: false,
    photo: null,
    house: null,
    mark: null,
    handedOver: null,
  };
}

const DOCUMENTS = ["ktp", "kk"] as const;

export const isProxy = (progress: Progress): boolean => progress.collector.relation !== "self";

/** What is known of a family before it comes; an older server's visit tells less. */
export const toldOf = (visit: Visit): Facts => ({
  first_time: !visit.recipient.has_reference,
  age: ageAt(visit.slot?.starts ?? null, visit.recipient.birth_year),
  card_photo: false,
  proxy_streak: visit.proxy_streak ?? null,
  ...visit.facts,
  doorstep: visit.channel === "doorstep",
  amount: visit.total,
});

const ageAt = (moment: string | null, birthYear: number | null): number | null =>
  moment && birthYear ? Number(moment.slice(0, 4)) - birthYear : null;

export const factsOf = (progress: Progress): Facts => ({
  ...progress.facts,
  proxy: isProxy(progress),
  heir: isProxy(progress) && progress.collector.authority === "heir_letter",
  letter: progress.letter,
});

/** What is to be done for this family, as it stands now: a proxy is asked for more. */
export const walkOf = (progress: Progress, procedure: Procedure): readonly PlannedStep[] =>
  planWalk(procedure, factsOf(progress), progress.draws ?? {});

export function recordedOf(progress: Progress): Recorded {
  const kept = [
    ...Object.values(progress.documents),
    progress.authority,
    progress.faces.at(-1)?.evidence,
    progress.photo,
    progress.house,
  ];
  const evidence = kept.flatMap((file) => (file ? [file.kind] : []));
  return {
    evidence,
    seen: DOCUMENTS.filter((kind) => isSeen(progress, kind)),
    witnessed: progress.verification?.witnessed ? ["face", "receipt_mark"] : [],
    missing: progress.missing ?? [],
  };
}

const isSeen = (progress: Progress, kind: string): boolean =>
  kind in progress.documents || (progress.ticked ?? []).includes(kind);

/** What a step of this family asks for. */
export function asksOf(
  code: StepCode,
  progress: Progress,
  procedure: Procedure,
): readonly PlannedAsk[] {
  return walkOf(progress, procedure).find((step) => step.code === code)?.asks ?? [];
}

/** The next thing that a step waits for; null when it has all, or was told why not. */
export function nextAsk(
  code: StepCode,
  progress: Progress,
  procedure: Procedure,
): PlannedAsk | null {
  const recorded = recordedOf(progress);
  return asksOf(code, progress, procedure).find((ask) => !isDone(ask, recorded)) ?? null;
}

/** Under which name the next paper of a kind is kept: `ktp`, then `ktp:2`. */
export function slotOf(progress: Progress, kind: string): string {
  const held = Object.values(progress.documents).filter((file) => file.kind === kind).length;
  return held === 0 ? kind : `${kind}:${held + 1}`;
}

/** Why something could not be had. A second word on the same thing takes the place of the first. */
export function withMissing(progress: Progress, entry: Missing): Progress {
  const others = (progress.missing ?? []).filter(
    (one) => one.step !== entry.step || one.evidence !== entry.evidence,
  );
  return { ...progress, missing: [...others, entry] };
}

/** Somebody else collects: what was taken of the one before is not theirs. */
export function withCollector(progress: Progress, collector: Collecting): Progress {
  const kept = (progress.missing ?? []).filter(
    (one) => one.evidence !== "authority" && one.evidence !== "nik" && one.step !== "face",
  );
  return { ...progress, collector, authority: null, faces: [], missing: kept };
}

function done(step: PlannedStep, progress: Progress): boolean {
  if (progress.by?.slip && VERIFIERS_PART.includes(step.code)) return true;
  const recorded = recordedOf(progress);
  switch (step.code) {
    case "letter":
      return progress.letterAccepted && step.asks.every((ask) => isDone(ask, recorded));
    case "face":
      return progress.verification !== null;
    case "hand_over":
      return progress.counted;
    case "receipt_mark":
      return progress.mark !== null;
    case "receipt":
      return false;
    default:
      return step.asks.every((ask) => isDone(ask, recorded));
  }
}

/** The step at which the hand-over stands: the first that is not done yet. */
export function currentStep(progress: Progress, procedure: Procedure): StepCode {
  if (progress.handedOver) return "receipt";
  return walkOf(progress, procedure).find((s) => !done(s, progress))?.code ?? "receipt";
}

/** Cash may leave the bag only when everything the procedure puts before it has been done. */
export function mayHandOver(progress: Progress, procedure: Procedure): boolean {
  const walk = walkOf(progress, procedure);
  const at = walk.findIndex((s) => s.code === "hand_over");
  return walk.slice(0, at).every((s) => done(s, progress));
}

/** The verifier's desk has ended its part: the payer's may begin on another phone. */
export const isVerified = (progress: Progress, procedure: Procedure): boolean =>
  verifiersPart(walkOf(progress, procedure)).every((s) => done(s, progress));

/** A hand-over that was begun and not ended: cash may be out of the bag. */
export const inDoubt = (progress: Progress): boolean =>
  progress.begun !== null && progress.handedOver === null;

export const MOST_FACE_TRIES = 3;

export type FaceBranch =
  /** No picture yet, or the last was too poor to judge. */
  | { kind: "capture"; triesLeft: number }
  /** Good enough to pay. */
  | { kind: "pay"; method: Method }
  /** The officer compares the ID card with the person; the server looks at the photo later. */
  | { kind: "compare"; method: Method }
  /** A second person who knows the family says so, by name. */
  | {
      kind: "witness";
      method: Method;
      reason: WitnessReason;
    };

/** Why a second person has to vouch for the one who stands here. */
export type WitnessReason = "review" | "no_reference" | "proxy" | "not_matched" | "no_picture";

/** What a doubtful face leads to: never to an end, always to a person who helps. */
export function faceBranch(
  progress: Progress,
  hasReference: boolean,
  procedure: Procedure,
): FaceBranch {
  const last = progress.faces.at(-1);
  const triesLeft = MOST_FACE_TRIES - progress.faces.length;
  const ask = asksOf("face", progress, procedure)[0];
  if (!last && ask && excuse(ask, recordedOf(progress))) {
    const method = isProxy(progress) ? "proxy" : "witness";
    return { kind: "witness", method, reason: "no_picture" };
  }
  if (!last && !ask) return { kind: "compare", method: isProxy(progress) ? "proxy" : "document" };
  if (!last) return { kind: "capture", triesLeft };
  if (last.verdict === "capture_again" && triesLeft > 0) return { kind: "capture", triesLeft };
  if (isProxy(progress)) return { kind: "witness", method: "proxy", reason: "proxy" };
  if (last.verdict === "match") return { kind: "pay", method: "face" };
  if (!hasReference) return { kind: "witness", method: "enrolment", reason: "no_reference" };
  if (last.verdict === "unchecked") return { kind: "compare", method: "document" };
  const reason = last.verdict === "review" ? "review" : "not_matched";
  return { kind: "witness", method: "witness", reason };
}

/** Reasons of the one part or the other, as its event tells them. */
const missingOf = (progress: Progress, payers: boolean): Missing[] =>
  (progress.missing ?? []).filter((one) => isVerifiers(one.step) !== payers);

const isVerifiers = (step: string): boolean => VERIFIERS_PART.some((code) => code === step);

export function verificationBody(
  progress: Progress,
  method: Method,
  witness: Witness | null,
  reason: string | null,
  code: string | null = null,
): Bodies["verification"] {
  const last = progress.faces.at(-1);
  const documents = DOCUMENTS.filter((document) => isSeen(progress, document));
  const { authority, nik_checked } = progress.collector;
  const missing = missingOf(progress, false);
  return {
    person_id: progress.collector.person_id,
    relation: progress.collector.relation,
    method,
    score_milli: last?.score_milli ?? null,
    verdict: last?.verdict ?? "unchecked",
    letter: progress.letter,
    documents,
    evidence: [
      ...Object.values(progress.documents),
      ...(last ? [last.evidence] : []),
      ...(progress.authority ? [progress.authority] : []),
    ],
    witness,
    reason,
    ...(last?.ticket ? { ticket: last.ticket } : {}),
    ...(missing.length ? { missing } : {}),
    ...(authority && isProxy(progress) ? { authority } : {}),
    ...(nik_checked ? { nik_checked } : {}),
    ...(code ? { witness_code: code } : {}),
  };
}

export const paymentsOf = (visit: {
  readonly payments: readonly { readonly id: string; readonly amount: number }[];
}): { id: string; amount: number }[] => visit.payments.map(({ id, amount }) => ({ id, amount }));

/** Throws when a hand-over is claimed whose verification or beginning was never written. */
export function handedOverBody(
  progress: Progress,
  visit: {
    readonly payments: readonly { readonly id: string; readonly amount: number }[];
    readonly total: number;
  },
  mark: ReceiptMark,
  markEvidence: EvidenceRef | null,
  witness: Witness | null,
): Bodies["handed_over"] {
  if (!progress.begun || !progress.verification) throw new Error("hand-over was never begun");
  const { authority } = progress.collector;
  const missing = missingOf(progress, true);
  return {
    begun: progress.begun,
    verification: progress.verification.event,
    payments: paymentsOf(visit),
    total: visit.total,
    collector: {
      person_id: progress.collector.person_id,
      relation: progress.collector.relation,
      ...(authority && isProxy(progress) ? { authority } : {}),
    },
    receipt_mark: mark,
    ...progress.by,
    ...(witness ? { witness } : {}),
    evidence: [
      ...(progress.photo ? [progress.photo] : []),
      ...(markEvidence ? [markEvidence] : []),
      ...(progress.house ? [progress.house] : []),
    ],
    ...(missing.length ? { missing } : {}),
  };
}
