/** What should be in the officer's bag, by what this phone signed: the sum exactly, notes about. */

import { DENOMINATIONS, totalOf, type Notes } from "./money";

/** One thing that moved notes, oldest first. `notes` is null where nobody said which they were. */
export interface Movement {
  readonly kind: "float" | "handed" | "given" | "taken" | "returned";
  readonly total: number;
  readonly notes: Notes | null;
}

export interface Bag {
  readonly accepted: number;
  readonly handed: number;
  readonly families: number;
  readonly given: number;
  readonly taken: number;
  readonly returned: number;
  /** What should be in the bag, in rupiah. */
  readonly expected: number;
  /** About which notes that is; null once nobody can tell. */
  readonly notes: Notes | null;
}

const sign = (kind: Movement["kind"]): 1 | -1 => (kind === "float" || kind === "taken" ? 1 : -1);

/** The notes with which a pile pays a sum, the largest first; null when it cannot, exactly. */
export function payFrom(pile: ReadonlyMap<number, number>, amount: number): Notes | null {
  const paid: (readonly [number, number])[] = [];
  let rest = amount;
  for (const value of DENOMINATIONS) {
    const count = Math.min(pile.get(value) ?? 0, Math.floor(rest / value));
    if (count) paid.push([value, count]);
    rest -= count * value;
  }
  return rest === 0 ? paid : null;
}

/** The pile after a movement; null once the notes do not add up to what is known. */
function after(pile: Map<number, number> | null, movement: Movement): Map<number, number> | null {
  if (!pile) return null;
  const notes = movement.notes ?? payFrom(pile, movement.total);
  if (!notes || totalOf(notes) !== movement.total) return null;
  const next = new Map(pile);
  for (const [value, count] of notes) {
    const left = (next.get(value) ?? 0) + sign(movement.kind) * count;
    if (left < 0) return null;
    next.set(value, left);
  }
  return next;
}

/**
 * A family is thought to have been paid with the fewest notes there were. As soon as that cannot
 * have been so, only the sum is told.
 */
export function bagOf(movements: readonly Movement[]): Bag {
  const sum = (kind: Movement["kind"]): number =>
    movements.reduce((all, one) => all + (one.kind === kind ? one.total : 0), 0);
  let pile: Map<number, number> | null = new Map();
  for (const movement of movements) pile = after(pile, movement);
  const accepted = sum("float");
  const handed = sum("handed");
  const given = sum("given");
  const taken = sum("taken");
  const returned = sum("returned");
  return {
    accepted,
    handed,
    families: movements.filter(({ kind }) => kind === "handed").length,
    given,
    taken,
    returned,
    expected: accepted + taken - handed - given - returned,
    notes:
      pile &&
      DENOMINATIONS.map((value) => [value, pile?.get(value) ?? 0] as const).filter(
        ([, count]) => count > 0,
      ),
  };
}
