/** The standard procedure: steps that come from the server, walked one at a time. */

import type {
  Bodies,
  EvidenceRef,
  Method,
  ReceiptMark,
  SignedSlip,
  Verdict,
  Witness,
} from "./events";
import type { LetterClaims, LetterTrust } from "./letter";

export type StepCode =
  | "letter"
  | "documents"
  | "face"
  | "hand_over"
  | "recipient_photo"
  | "receipt_mark"
  | "house"
  | "receipt";

export interface Step {
  readonly code: StepCode;
  readonly evidence: readonly string[];
}

export interface Procedure {
  /** As events name it: `post_office/1`. */
  readonly id: string;
  readonly steps: readonly Step[];
}

export interface Sop {
  readonly version: string;
  readonly channels: Readonly<Record<string, Procedure>>;
  /** Steps that this app does not know: shown on the health screen, never silently dropped. */
  readonly unknown: readonly string[];
}

const step = (code: StepCode, ...evidence: string[]): Step => ({ code, evidence });

/** What is done where the server names no steps. */
export const DEFAULT_STEPS: readonly Step[] = [
  step("letter"),
  step("documents", "ktp", "kk"),
  step("face", "face"),
  step("hand_over"),
  step("recipient_photo", "recipient_photo"),
  step("receipt_mark", "signature"),
  step("receipt"),
];

/** Other names under which a procedure may list the same step. */
const SYNONYMS: Readonly<Record<string, StepCode>> = {
  letter: "letter",
  scan_letter: "letter",
  documents: "documents",
  ktp_kk: "documents",
  identity_documents: "documents",
  face: "face",
  verification: "face",
  hand_over: "hand_over",
  handover: "hand_over",
  cash: "hand_over",
  recipient_photo: "recipient_photo",
  photo: "recipient_photo",
  receipt_mark: "receipt_mark",
  mark: "receipt_mark",
  signature: "receipt_mark",
  house: "house",
  house_photo: "house",
  geotag: "house",
  receipt: "receipt",
};

type Loose = Record<string, unknown>;
const map = (value: unknown): Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Loose) : {};

export function readSop(raw: unknown): Sop {
  const source = map(raw);
  const unknown = new Set<string>();
  const channels: Record<string, Procedure> = {};
  const named = Object.keys(map(source["channels"])).length ? map(source["channels"]) : source;
  for (const [channel, value] of Object.entries(named)) {
    const rows = Array.isArray(value) ? value : map(value)["steps"];
    if (!Array.isArray(rows)) continue;
    const steps: Step[] = [];
    for (const row of rows as unknown[]) {
      const code = typeof row === "string" ? row : String(map(row)["code"] ?? "");
      const known = SYNONYMS[code];
      const evidence = map(row)["evidence"];
      if (!known) unknown.add(code);
      else if (!steps.some((other) => other.code === known)) {
        steps.push({
          code: known,
          evidence: Array.isArray(evidence) ? evidence.map(String) : [],
        });
      }
    }
    const id = map(value)["id"] ?? map(value)["code"] ?? `${channel}/1`;
    channels[channel] = { id: String(id), steps: complete(steps) };
  }
  return { version: String(source["version"] ?? "1"), channels, unknown: [...unknown] };
}

/**
 * No procedure may lead past the hand-over or leave its receipt out, whatever the data say. The
 * recipient's mark ends the hand-over and names every picture of it, so it is asked for last.
 */
function complete(steps: readonly Step[]): readonly Step[] {
  if (steps.length === 0) return DEFAULT_STEPS;
  const before = steps.filter((s) => s.code !== "receipt" && s.code !== "receipt_mark");
  const handOver = before.some((s) => s.code === "hand_over") ? [] : [step("hand_over")];
  const mark = steps.find((s) => s.code === "receipt_mark") ?? step("receipt_mark");
  return [...before, ...handOver, mark, step("receipt")];
}

export function procedureFor(sop: Sop, channel: string): Procedure {
  return sop.channels[channel] ?? { id: `${channel}/1`, steps: DEFAULT_STEPS };
}

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

export function stagesOf(procedure: Procedure): Stage[] {
  return [...new Set(procedure.steps.map((s) => STAGE[s.code]))];
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
  readonly documents: Readonly<Record<string, EvidenceRef>>;
  readonly collector: Collecting;
  readonly authority: EvidenceRef | null;
  readonly faces: readonly FaceTry[];
  readonly verification: {
    readonly event: string;
    readonly method: Method;
    readonly verdict: Verdict;
  } | null;
  readonly begun: string | null;
  readonly counted: boolean;
  readonly photo: EvidenceRef | null;
  readonly house: EvidenceRef | null;
  readonly mark: ReceiptMark | null;
  /** Pictures that could not be taken (no camera, no permission): reviewed later, never refused. */
  readonly skipped: readonly string[];
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
    skipped: [],
    handedOver: null,
  };
}

const DOCUMENTS = ["ktp", "kk"] as const;

/** Documents that the step asks for, in the order in which they are photographed. */
export function documentsOf(procedure: Procedure): ("ktp" | "kk")[] {
  const asked = procedure.steps.find((s) => s.code === "documents")?.evidence ?? [];
  const known = DOCUMENTS.filter((document) => asked.includes(document));
  return known.length ? known : [...DOCUMENTS];
}

export type DocumentCode = "ktp" | "kk" | "authority";

/** The next paper to photograph; a power of attorney only where another person collects. */
export function nextDocument(progress: Progress, procedure: Procedure): DocumentCode | null {
  const asked: DocumentCode[] = [...documentsOf(procedure)];
  if (isProxy(progress)) asked.push("authority");
  const missing = asked.find((document) => {
    const kept = document === "authority" ? progress.authority : progress.documents[document];
    return !kept && !progress.skipped.includes(document);
  });
  return missing ?? null;
}

export const isProxy = (progress: Progress): boolean => progress.collector.relation !== "self";

/** What the verifier's desk does; the payer's desk goes on from there. */
const VERIFIERS: readonly StepCode[] = ["letter", "documents", "face"];

function done(code: StepCode, progress: Progress, procedure: Procedure): boolean {
  if (progress.by?.slip && VERIFIERS.includes(code)) return true;
  switch (code) {
    case "letter":
      return progress.letterAccepted;
    case "documents":
      return nextDocument(progress, procedure) === null;
    case "face":
      return progress.verification !== null;
    case "hand_over":
      return progress.counted;
    case "recipient_photo":
      return progress.photo !== null || progress.skipped.includes("recipient_photo");
    case "receipt_mark":
      return progress.mark !== null;
    case "house":
      return progress.house !== null || progress.skipped.includes("house");
    case "receipt":
      return false;
  }
}

/** The step at which the hand-over stands: the first that is not done yet. */
export function currentStep(progress: Progress, procedure: Procedure): StepCode {
  if (progress.handedOver) return "receipt";
  return procedure.steps.find((s) => !done(s.code, progress, procedure))?.code ?? "receipt";
}

/** Cash may leave the bag only when everything the procedure puts before it has been done. */
export function mayHandOver(progress: Progress, procedure: Procedure): boolean {
  const at = procedure.steps.findIndex((s) => s.code === "hand_over");
  return procedure.steps.slice(0, at).every((s) => done(s.code, progress, procedure));
}

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
export function faceBranch(progress: Progress, hasReference: boolean): FaceBranch {
  const last = progress.faces.at(-1);
  const triesLeft = MOST_FACE_TRIES - progress.faces.length;
  if (!last && progress.skipped.includes("face")) {
    const method = isProxy(progress) ? "proxy" : "witness";
    return { kind: "witness", method, reason: "no_picture" };
  }
  if (!last) return { kind: "capture", triesLeft };
  if (last.verdict === "capture_again" && triesLeft > 0) return { kind: "capture", triesLeft };
  if (isProxy(progress)) return { kind: "witness", method: "proxy", reason: "proxy" };
  if (last.verdict === "match") return { kind: "pay", method: "face" };
  if (!hasReference) return { kind: "witness", method: "enrolment", reason: "no_reference" };
  if (last.verdict === "unchecked") return { kind: "compare", method: "document" };
  const reason = last.verdict === "review" ? "review" : "not_matched";
  return { kind: "witness", method: "witness", reason };
}

export function verificationBody(
  progress: Progress,
  method: Method,
  witness: Witness | null,
  reason: string | null,
): Bodies["verification"] {
  const last = progress.faces.at(-1);
  const documents = DOCUMENTS.filter((document) => progress.documents[document]);
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
  return {
    begun: progress.begun,
    verification: progress.verification.event,
    payments: paymentsOf(visit),
    total: visit.total,
    collector: {
      person_id: progress.collector.person_id,
      relation: progress.collector.relation,
    },
    receipt_mark: mark,
    ...progress.by,
    ...(witness ? { witness } : {}),
    evidence: [
      ...(progress.photo ? [progress.photo] : []),
      ...(markEvidence ? [markEvidence] : []),
      ...(progress.house ? [progress.house] : []),
    ],
  };
}
