/** What is to be done for one family, and what became of it; `contract/sop.md` says how. */

import type { Missing } from "../events";
import { fromHex, utf8 } from "../encoding";
import type { Condition, Procedure, Step, StepCode, Test } from "./reading";

export type Facts = Readonly<Record<string, boolean | number | string | null | undefined>>;

/** An ask that holds here. `tick`: to look and tick is enough. */
export interface PlannedAsk {
  readonly step: StepCode;
  /** Its kind, or its step where there are several. */
  readonly name: string;
  readonly anyOf: readonly string[];
  readonly atLeast: number;
  readonly tick: boolean;
  readonly orWitness: boolean;
  readonly reasons: readonly string[];
  readonly required: boolean;
}

export interface PlannedStep {
  readonly code: StepCode;
  readonly asks: readonly PlannedAsk[];
}

/** What was kept (kinds, once per file), seen, witnessed, and could not be had. */
export interface Recorded {
  readonly evidence: readonly string[];
  readonly seen: readonly string[];
  readonly witnessed: readonly string[];
  readonly missing: readonly Missing[];
}

/** Per first kind of an ask: 0 to 999, drawn when the hand-over begins. */
export type Draws = Readonly<Record<string, number>>;

export function holds(condition: Condition | null, facts: Facts): boolean {
  if (condition === null) return true;
  if (Array.isArray(condition)) return condition.some((one: Condition) => holds(one, facts));
  return Object.entries(condition as Readonly<Record<string, Test>>).every(([fact, test]) =>
    passes(test, facts[fact]),
  );
}

function passes(test: Test, value: Facts[string]): boolean {
  if (typeof test === "boolean") return value === test;
  if (typeof test !== "object" || test === null) return false;
  const keys = Object.keys(test);
  if (keys.length === 0) return false;
  if ("one_of" in test) {
    return keys.length === 1 && typeof value === "string" && test.one_of.includes(value);
  }
  if (keys.some((key) => key !== "at_least" && key !== "below")) return false;
  if (typeof value !== "number") return false;
  const { at_least: low = -Infinity, below: high = Infinity } = test;
  return value >= low && value < high;
}

/** The same on the phone and on the server; 0, so photographed, without a key. */
export async function draw(
  keyHex: string | null,
  visit: string,
  procedure: string,
  kind: string,
): Promise<number> {
  if (!keyHex) return 0;
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", fromHex(keyHex), algorithm, false, ["sign"]);
  const message = utf8(`salur-draw|${visit}|${procedure}|${kind}`);
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, message));
  return mac.getUint32(0) % 1000;
}

/** All draws of a procedure for a family, made once when the hand-over begins. */
export async function drawAll(
  procedure: Procedure,
  visit: string,
  keyHex: string | null,
): Promise<Draws> {
  const draws: Record<string, number> = {};
  for (const ask of procedure.steps.flatMap((step) => step.asks)) {
    const kind = ask.anyOf[0] ?? "";
    if (ask.samplePermille > 0) draws[kind] = await draw(keyHex, visit, procedure.id, kind);
  }
  return draws;
}

const ALWAYS: readonly StepCode[] = ["face", "hand_over", "receipt_mark", "receipt"];
const NOTHING_WITHOUT_ASKS: readonly StepCode[] = ["documents", "recipient_photo", "house"];

/** The steps to be done for this family, in order, each with what it asks for here. */
export function planWalk(procedure: Procedure, facts: Facts, draws: Draws): readonly PlannedStep[] {
  const walk: PlannedStep[] = [];
  for (const step of procedure.steps) {
    if (!ALWAYS.includes(step.code) && !holds(step.when, facts)) continue;
    const asks = plannedAsks(step, facts, draws);
    if (NOTHING_WITHOUT_ASKS.includes(step.code) && asks.length === 0) continue;
    walk.push({ code: step.code, asks });
  }
  return walk;
}

function plannedAsks(step: Step, facts: Facts, draws: Draws): PlannedAsk[] {
  return step.asks
    .filter((ask) => holds(ask.when, facts))
    .map((ask) => {
      const kind = ask.anyOf[0] ?? "";
      const mayTick = ask.tickWhen !== null && holds(ask.tickWhen, facts);
      return {
        step: step.code,
        name: ask.anyOf.length === 1 ? kind : step.code,
        anyOf: ask.anyOf,
        atLeast: ask.atLeast,
        // A draw that was never made counts as drawn: photographed.
        tick: mayTick && (ask.samplePermille === 0 || (draws[kind] ?? 0) >= ask.samplePermille),
        orWitness: ask.orWitness,
        reasons: ask.reasons,
        required: step.required,
      };
    });
}

export const VERIFIERS_PART: readonly StepCode[] = ["letter", "documents", "face"];

/** What the verifier's desk does: who stands here. */
export const verifiersPart = (walk: readonly PlannedStep[]): readonly PlannedStep[] =>
  walk.filter((step) => VERIFIERS_PART.includes(step.code));

/** What the payer's desk does: the cash and what proves it. */
export const payersPart = (walk: readonly PlannedStep[]): readonly PlannedStep[] =>
  walk.filter((step) => !VERIFIERS_PART.includes(step.code));

export function isSettled(ask: PlannedAsk, recorded: Recorded): boolean {
  const files = recorded.evidence.filter((kind) => ask.anyOf.includes(kind)).length;
  return (
    files >= ask.atLeast ||
    (ask.tick && ask.anyOf.some((kind) => recorded.seen.includes(kind))) ||
    (ask.orWitness && recorded.witnessed.includes(ask.step))
  );
}

const LEAST_NOTE = 3;

/** Whether a reason counts as one: `other` needs a few words with it. */
export const isReason = (reason: string, note: string | undefined): boolean =>
  reason !== "other" || (note ?? "").trim().length >= LEAST_NOTE;

/** The reason with which it is missing, or null. */
export function excuse(ask: PlannedAsk, recorded: Recorded): string | null {
  const entry = recorded.missing.find(
    (one) =>
      one.step === ask.step &&
      ask.reasons.includes(one.reason) &&
      (one.evidence === undefined || ask.anyOf.includes(one.evidence)) &&
      isReason(one.reason, one.note),
  );
  return entry?.reason ?? null;
}

export const isDone = (ask: PlannedAsk, recorded: Recorded): boolean =>
  isSettled(ask, recorded) || excuse(ask, recorded) !== null;

export function openAsks(walk: readonly PlannedStep[], recorded: Recorded): PlannedAsk[] {
  return walk.flatMap((step) => step.asks).filter((ask) => !isDone(ask, recorded));
}

/** What the server will have looked at by a person. */
export function reviewWalk(walk: readonly PlannedStep[], recorded: Recorded): string[] {
  return walk
    .flatMap((step) => step.asks)
    .filter((ask) => ask.required && !isSettled(ask, recorded))
    .map((ask) => {
      const reason = excuse(ask, recorded);
      return reason === null ? `missing_${ask.name}` : `excused_${ask.name}:${reason}`;
    });
}
