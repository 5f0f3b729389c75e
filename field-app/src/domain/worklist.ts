/** What the server leases to a device: whom to see, and exactly how much each family receives. */

import type { Notes } from "./money";
import { readSop, type Facts, type Sop } from "./sop";

export type Channel = "post_office" | "community" | "doorstep" | "bank";

export interface Component {
  readonly code: string;
  readonly name: string;
  readonly amount: number;
}

export interface Payment {
  readonly id: string;
  readonly program: string;
  readonly program_name: string;
  readonly amount: number;
  readonly components: readonly Component[];
  readonly months?: readonly (string | number)[] | number | string | null;
}

export interface Recipient {
  readonly person_id: string;
  readonly name: string;
  readonly birth_year: number | null;
  readonly sex: string;
  readonly nik_last4: string;
  readonly has_reference: boolean;
  readonly photo?: string | null;
  /** Template of the face, for a check without a network; see `domain/faces/judging.ts`. */
  readonly face?: string;
}

export interface Collector {
  readonly person_id: string;
  readonly name: string;
  readonly birth_year: number | null;
  /** To the head of the family card; empty where it is not known. */
  readonly relation: string;
  readonly nik_last4: string;
  /** Keyed hash of the NIK under the lease's key: the card in the hand is the one on the list. */
  readonly nik_hash?: string;
  readonly face?: string;
}

export interface Place {
  readonly lat: number;
  readonly lon: number;
  readonly accuracy_m?: number | null;
}

export interface Visit {
  readonly id: string;
  readonly number: string;
  readonly version: number;
  readonly status: string;
  readonly household: {
    readonly id: string;
    readonly village: string;
    readonly address: string;
    readonly family_card_last4: string;
  };
  readonly recipient: Recipient;
  readonly collectors: readonly Collector[];
  readonly payments: readonly Payment[];
  readonly total: number;
  readonly channel: Channel;
  readonly slot: { readonly starts: string; readonly ends: string } | null;
  readonly letter_version: number;
  readonly priority?: number | boolean | string | null;
  /** The desk of the group at which the family is expected. */
  readonly desk?: number;
  /** A lease of it was broken: payable only while the server answers. */
  readonly online_only?: boolean;
  readonly last_seen_alive?: string | null;
  /** How many tranches in a row somebody else collected. */
  readonly proxy_streak?: number;
  /** What was on record of the family when the visit was planned; the procedure asks about it. */
  readonly facts?: Facts;
  readonly house?: Place | null;
  /** Its place in the doorstep round; null where no round was planned. */
  readonly round?: number | null;
  /** How often somebody tried in vain, by the server's count. */
  readonly attempts?: number;
  /** Found by asking the server: not leased to this phone, so payable only while it answers. */
  readonly unleased?: boolean;
}

export interface Float {
  readonly id: string;
  readonly amount: number;
  readonly notes: Notes;
  readonly status: string;
}

export interface Session {
  readonly id: string;
  readonly name: string;
  readonly channel?: Channel;
  readonly starts: string;
  readonly ends: string;
}

/** Another device that this one may believe: a desk of the group, an officer or cashier of the office. */
export interface Peer {
  readonly device: string;
  readonly officer: string;
  readonly name: string;
  /** Hex of the 65-byte point of its signing key. */
  readonly key: string;
  readonly role: "desk" | "officer" | "cashier" | "companion";
  readonly desk: number | null;
}

export interface Lease {
  readonly id: string;
  readonly until: string;
  readonly kind?: "device" | "group";
  readonly desk?: number | null;
  readonly role?: "payer" | "verifier" | "check_in" | "all";
  readonly seals?: Readonly<Record<string, string>>;
  readonly collector_key?: string;
  readonly unleased?: {
    readonly most: number;
    readonly most_rupiah: number;
    readonly codes: readonly string[];
  } | null;
}

export interface Instruction {
  readonly id: string;
  readonly kind: "message" | "stop" | "resume";
  readonly text: string;
  readonly at: string;
}

/** A house to be visited for its position alone; its family was paid at a counter. */
export interface HouseToVisit {
  readonly visit: string;
  readonly name: string;
  readonly village: string;
  readonly address: string;
  readonly near?: Place | null;
}

/** A hand-over of this phone that did not simply pay, or that another came after. */
export interface Outcome {
  readonly event: string;
  readonly visit: string | null;
  readonly name: string;
  readonly amount: number;
  /** `first`: ours was paid, and somebody else handed over to the same family again. */
  readonly code: "first" | "second" | "excess" | "not_payable";
  readonly case: string;
  readonly at: string;
}

export interface Worklist {
  readonly lease: Lease | null;
  readonly sop: Sop;
  readonly session: Session | null;
  readonly floats: readonly Float[];
  readonly letterKeys: Readonly<Record<string, string>>;
  readonly peers: readonly Peer[];
  readonly instructions: readonly Instruction[];
  readonly geotags: readonly HouseToVisit[];
  readonly outcomes: readonly Outcome[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly cursor: string | null;
  readonly pulledAt: number;
}

export interface WorklistAnswer {
  readonly worklist: Worklist;
  readonly visits: readonly Visit[];
  /** Visits that this phone may no longer pay since the cursor. */
  readonly gone: readonly string[];
}

type Loose = Record<string, unknown>;
const map = (value: unknown): Loose =>
  typeof value === "object" && value !== null ? (value as Loose) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * The server's answer in the app's own shape. Fields that a newer server adds are left alone; a
 * visit without an id or an amount is left out rather than shown as something to pay.
 */
export function readWorklist(answer: unknown, pulledAt: number): WorklistAnswer {
  const raw = map(answer);
  const visits = list(raw["visits"]).filter(
    (visit) => typeof map(visit)["id"] === "string" && Number.isSafeInteger(map(visit)["total"]),
  ) as Visit[];
  const cursor = raw["cursor"];
  return {
    visits,
    gone: list(raw["gone"]).map(String),
    worklist: {
      lease: (raw["lease"] ?? null) as Worklist["lease"],
      sop: readSop(raw["sop"]),
      session: (raw["session"] ?? null) as Session | null,
      floats: list(raw["floats"]) as Float[],
      letterKeys: map(raw["letter_keys"]) as Record<string, string>,
      peers: list(raw["peers"]) as Peer[],
      instructions: list(raw["instructions"]) as Instruction[],
      geotags: list(raw["geotags"]) as HouseToVisit[],
      outcomes: list(raw["outcomes"]) as Outcome[],
      settings: map(raw["settings"]),
      cursor: cursor === null || cursor === undefined ? null : String(cursor),
      pulledAt,
    },
  };
}

const MOST_OUTCOMES = 50;

/** What the phone knew and what has been added, each once, newest first. */
export function withOutcomes(kept: readonly Outcome[], news: readonly Outcome[]): Outcome[] {
  const all = new Map([...kept, ...news].map((one) => [`${one.event} ${one.code}`, one]));
  return [...all.values()].sort((a, b) => (a.at < b.at ? 1 : -1)).slice(0, MOST_OUTCOMES);
}

/** Two letters for the square beside the name where there is no photo. */
export function initials(name: string): string {
  const words = name.split(/[\s.]+/).filter(Boolean);
  return [words[0]?.[0], words.length > 1 ? words.at(-1)?.[0] : ""].join("").toUpperCase();
}

/** The order of the queue: urgent first, then by slot, then by name. */
export function inOrder(visits: readonly Visit[]): Visit[] {
  const rank = (visit: Visit): string =>
    [visit.priority ? 0 : 1, visit.slot?.starts ?? "9999", visit.recipient.name].join(" ");
  return [...visits].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** Name, payment number or the last digits of an ID or family card, in what the phone holds. */
export function search(visits: readonly Visit[], text: string): Visit[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const digits = text.replace(/[-–.\s]/g, "");
  const isDigits = /^\d{3,}$/.test(digits);
  return visits.filter((visit) => {
    if (isDigits) {
      return (
        visit.number.replaceAll("-", "").includes(digits) ||
        visit.recipient.nik_last4.endsWith(digits) ||
        visit.household.family_card_last4.endsWith(digits)
      );
    }
    const names = [visit.recipient.name, ...visit.collectors.map((c) => c.name)];
    return names.some((name) => words.every((word) => name.toLowerCase().includes(word)));
  });
}
