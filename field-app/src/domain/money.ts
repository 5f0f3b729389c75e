/** Whole rupiah: written, said aloud, and counted out in notes. */

export const DENOMINATIONS = [100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000] as const;

/** A pile of one kind of note: its value in rupiah and how many. */
export type Notes = readonly (readonly [value: number, count: number])[];

/** `1.234.567`: dots group thousands in both languages, as on the notes' own packets. */
export function formatNumber(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+(?!\d))/g, ".");
}

export function formatRupiah(amount: number): string {
  return `${amount < 0 ? "-" : ""}Rp${formatNumber(Math.abs(amount))}`;
}

const ONES = "nol satu dua tiga empat lima enam tujuh delapan sembilan sepuluh sebelas".split(" ");
const SCALES = [
  [1_000_000_000_000, "triliun"],
  [1_000_000_000, "miliar"],
  [1_000_000, "juta"],
  [1_000, "ribu"],
] as const;

const one = (digit: number): string => ONES[digit] ?? "";

function spellBelowThousand(value: number): string[] {
  if (value < 12) return value ? [one(value)] : [];
  if (value < 20) return [one(value - 10), "belas"];
  if (value < 100) return [one(Math.floor(value / 10)), "puluh", ...spellBelowThousand(value % 10)];
  const head = value < 200 ? ["seratus"] : [one(Math.floor(value / 100)), "ratus"];
  return [...head, ...spellBelowThousand(value % 100)];
}

/** The amount as it is read aloud at the hand-over; always Indonesian, whatever the app speaks. */
export function spellRupiah(amount: number): string {
  if (amount === 0) return "nol rupiah";
  const words: string[] = [];
  let rest = amount;
  for (const [scale, name] of SCALES) {
    const count = Math.floor(rest / scale);
    rest %= scale;
    if (count === 1 && scale === 1_000) words.push("seribu");
    else if (count) words.push(...spellBelowThousand(count), name);
  }
  return [...words, ...spellBelowThousand(rest), "rupiah"].join(" ");
}

/** The fewest notes that make the amount, and what no note is small enough for. */
export function notesFor(amount: number): { notes: Notes; rest: number } {
  const notes: [number, number][] = [];
  let rest = amount;
  for (const value of DENOMINATIONS) {
    const count = Math.floor(rest / value);
    rest %= value;
    if (count) notes.push([value, count]);
  }
  return { notes, rest };
}

export function totalOf(notes: Notes): number {
  return notes.reduce((sum, [value, count]) => sum + value * count, 0);
}
