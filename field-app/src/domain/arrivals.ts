/** The queue: who has come, with which number, and who is called before others. */

import type { ArrivalProblem, Priority } from "./events";
import type { Lease, Peer } from "./worklist";

export const PRIORITIES: readonly Priority[] = ["old", "pregnant", "disabled", "ill", "infant"];

/** What a companion can find out without any right to money, before the family stands in line. */
export const PROBLEMS: readonly ArrivalProblem[] = [
  "no_id",
  "no_card",
  "name_differs",
  "proxy",
  "other_day",
  "other_place",
];

/** Numbers come in blocks of a thousand, so that two phones never give the same one. */
const BLOCK = 1_000;
const BLOCKS = 10;
const LETTERS = "ABCDEFGHJK";

/** Which block is this phone's: by its desk, else by its place among the group's check-in phones. */
export function blockOf(lease: Lease | null, peers: readonly Peer[], self: string): number {
  if (typeof lease?.desk === "number") return (lease.desk - 1 + BLOCKS) % BLOCKS;
  const phones = new Set([
    self,
    ...peers.filter((p) => p.role === "companion").map((p) => p.device),
  ]);
  return [...phones].sort().indexOf(self) % BLOCKS;
}

export interface Arrival {
  readonly event: string;
  readonly visit: string | null;
  readonly number: number;
  readonly priority: readonly Priority[];
  readonly problems: readonly ArrivalProblem[];
  readonly at: number;
}

/** The next number that this phone gives. A block that is used up begins no second round. */
export function nextNumber(block: number, given: readonly number[]): number | null {
  const first = block * BLOCK;
  const mine = given.filter((number) => Math.floor(number / BLOCK) === block);
  const next = mine.length ? Math.max(...mine) + 1 : first + 1;
  return next < first + BLOCK ? next : null;
}

/** As it is called out: `A 12`. */
export function numberLabel(number: number): string {
  return `${LETTERS[Math.floor(number / BLOCK) % BLOCKS]} ${number % BLOCK}`;
}

/** Priority first, then by number; two phones' numbers are called in turns. */
export function inQueueOrder<T extends Pick<Arrival, "number" | "priority">>(
  arrivals: readonly T[],
): T[] {
  const rank = ({ number, priority }: T): number =>
    (priority.length ? 0 : 1) * BLOCK * BLOCKS * BLOCKS +
    (number % BLOCK) * BLOCKS +
    Math.floor(number / BLOCK);
  return [...arrivals].sort((a, b) => rank(a) - rank(b));
}

const HOUR_MS = 3_600_000;
/** Fewer than this say nothing about the pace. */
const FEW = 3;

export interface Pace {
  readonly perHour: number | null;
  /** When the last of those who wait has been served, at the pace of late. */
  readonly clearAt: number | null;
}

/** How fast it goes, from the moments at which families were served in the last hour. */
export function paceOf(served: readonly number[], waiting: number, nowMs: number): Pace {
  const late = served.filter((at) => at > nowMs - HOUR_MS && at <= nowMs).sort((a, b) => a - b);
  const [first] = late;
  if (late.length < FEW || first === undefined) return { perHour: null, clearAt: null };
  const perHour = (late.length * HOUR_MS) / Math.max(nowMs - first, HOUR_MS / 60);
  return { perHour: Math.round(perHour), clearAt: nowMs + (waiting / perHour) * HOUR_MS };
}

export interface CashReach {
  /** What the families who wait will receive in all. */
  readonly needed: number;
  /** How many of them, in their order, the bag still serves; all of them when it is enough. */
  readonly families: number;
  readonly missing: number;
}

/** Head count against cash: how far the bag reaches down the queue. */
export function reachOf(bag: number, waiting: readonly number[]): CashReach {
  const needed = waiting.reduce((sum, total) => sum + total, 0);
  let left = bag;
  let families = 0;
  for (const total of waiting) {
    if (total > left) break;
    left -= total;
    families += 1;
  }
  return { needed, families, missing: Math.max(0, needed - bag) };
}
