/** Who may collect for a family, on which paper, and whether the card in the hand is theirs. */

import type { Authority } from "./events";
import { fromHex, hex, utf8, type Bytes } from "./encoding";
import type { Collector, Visit, Worklist } from "./worklist";

/** Why the recipient does not come: each leads to a paper, or to another day. */
export const CIRCUMSTANCES = ["unable", "deceased", "away"] as const;
export type Circumstance = (typeof CIRCUMSTANCES)[number];

export interface CollectorRule {
  readonly authority: Authority;
  /** Relations on the family card that may; empty: any. */
  readonly relations: readonly string[];
}

/** Where the server's settings say nothing. Somebody who is only away comes another day. */
const USUAL: Readonly<Partial<Record<Circumstance, CollectorRule>>> = {
  unable: { authority: "power_of_attorney", relations: [] },
  deceased: { authority: "heir_letter", relations: [] },
};

/** The rule for a circumstance, null where nobody may collect then. */
export function ruleFor(
  circumstance: Circumstance,
  worklist: Pick<Worklist, "settings"> | null,
): CollectorRule | null {
  const told = worklist?.settings["collectors"];
  if (typeof told !== "object" || told === null) return USUAL[circumstance] ?? null;
  const rule = (told as Record<string, unknown>)[circumstance];
  if (typeof rule !== "object" || rule === null) return null;
  const { authority, relations } = rule as { authority?: unknown; relations?: unknown };
  if (authority !== "power_of_attorney" && authority !== "heir_letter") return null;
  return { authority, relations: Array.isArray(relations) ? relations.map(String) : [] };
}

export const mayCollect = (collector: Collector, rule: CollectorRule): boolean =>
  rule.relations.length === 0 || rule.relations.includes(collector.relation);

/** Everybody on the family's list but the recipient. */
export const othersOf = (visit: Visit): Collector[] =>
  visit.collectors.filter((one) => one.person_id !== visit.recipient.person_id);

const DIGITS = 16;
const HASH_LENGTH = 32;

export const nikDigits = (typed: string): string => typed.replace(/\D/g, "").slice(0, DIGITS);

export const isWholeNik = (digits: string): boolean => digits.length === DIGITS;

/** Whether the phone can check a number at all: the key and the person's hash came with the lease. */
export const canCheckNik = (
  collector: Pick<Collector, "nik_hash">,
  keyHex: string | undefined,
): keyHex is string => Boolean(keyHex && collector.nik_hash);

/**
 * Whether the sixteen digits are the person's on the list. Only the answer is kept: neither the
 * number nor anything made of it.
 */
export async function isTheirNik(
  digits: string,
  collector: Pick<Collector, "nik_hash">,
  keyHex: string,
): Promise<boolean> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", fromHex(keyHex), algorithm, false, ["sign"]);
  const mac = new Uint8Array(await crypto.subtle.sign("HMAC", key, utf8(digits))) as Bytes;
  return hex(mac).slice(0, HASH_LENGTH) === collector.nik_hash;
}

/** From the third tranche in a row by proxy on, somebody visits the recipient at home. */
export const PROXY_STREAK_SHOWN = 2;
