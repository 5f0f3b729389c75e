/** Payment numbers, `1671-0412-8837-3`: twelve digits and a check digit of Damm's. */

const DAMM = [
  "0317598642", "7092154863", "4206871359", "1750983426", "6123045978",
  "3674209581", "5869720134", "8945362017", "9438617205", "2581436790",
]; // prettier-ignore

export function dammCheckDigit(digits: string): string {
  let interim = 0;
  for (const digit of digits) interim = Number(DAMM[interim]?.[Number(digit)]);
  return String(interim);
}

export const formatPaymentNumber = (digits: string): string =>
  [digits.slice(0, 4), digits.slice(4, 8), digits.slice(8, 12), digits.slice(12)]
    .filter(Boolean)
    .join("-");

export type TypedNumber =
  | { kind: "number"; printed: string }
  /** Not yet thirteen digits. */
  | { kind: "unfinished"; digits: string }
  /** Thirteen digits that no letter carries: one is wrong, or two stand exchanged. */
  | { kind: "wrong" }
  /** Something else: a name, or the last digits of an ID card. */
  | { kind: "text" };

/** What somebody typed into the one search box, dashes, dots and blanks aside. */
export function readTypedNumber(text: string): TypedNumber {
  const digits = text.replace(/[-–.\s]/g, "");
  if (!/^\d+$/.test(digits)) return { kind: "text" };
  if (digits.length < 13) return { kind: "unfinished", digits };
  if (digits.length > 13 || dammCheckDigit(digits) !== "0") return { kind: "wrong" };
  return { kind: "number", printed: formatPaymentNumber(digits) };
}
