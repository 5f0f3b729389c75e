/** Cash from one officer to another: both count, both sign, no network needed. */

import { totalOf, type Notes } from "./money";
import type { ReadSlip, SlipBodies } from "./slips";

/** A transfer whose code was shown and of which nobody has said yet that the notes were taken. */
export interface Giving {
  readonly transfer: string;
  /** The other device. */
  readonly peer: string;
  readonly notes: Notes;
  readonly total: number;
}

/** What the giver's code says; null when it makes no sense. */
export function offerIn(read: ReadSlip): Giving | null {
  if (read.slip.slip !== "cash_give") return null;
  const { transfer, total, notes } = read.slip.body as SlipBodies["cash_give"];
  if (!isTally(notes) || totalOf(notes) !== total || total <= 0) return null;
  return { transfer, peer: read.slip.from, notes, total };
}

export type ProofTrouble = "other_transfer" | "other_sum";

/** Whether the taker's code answers this giving: the same transfer, the same sum. */
export function proofTrouble(read: ReadSlip, giving: Giving): ProofTrouble | null {
  const { transfer, total } = read.slip.body as SlipBodies["cash_take"];
  if (transfer !== giving.transfer || read.slip.from !== giving.peer) return "other_transfer";
  return total === giving.total ? null : "other_sum";
}

const isTally = (value: unknown): value is Notes =>
  Array.isArray(value) &&
  value.every(
    (pair) =>
      Array.isArray(pair) &&
      pair.length === 2 &&
      pair.every((part) => Number.isSafeInteger(part) && (part as number) >= 0),
  );
