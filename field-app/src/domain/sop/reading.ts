/** A procedure as data, read into steps and asks; `contract/sop.md` says how. */

export type StepCode =
  | "letter"
  | "documents"
  | "face"
  | "hand_over"
  | "recipient_photo"
  | "receipt_mark"
  | "house"
  | "receipt";

const CODES: readonly StepCode[] = [
  "letter",
  "documents",
  "face",
  "hand_over",
  "recipient_photo",
  "receipt_mark",
  "house",
  "receipt",
];

export const MISSING_REASONS = [
  "camera_broken",
  "too_dark",
  "no_document",
  "document_damaged",
  "person_cannot",
  "unsafe",
  "refused",
  "other",
] as const;
export type MissingReason = (typeof MISSING_REASONS)[number];

const PAPER = ["camera_broken", "too_dark", "no_document", "document_damaged", "refused", "other"];
const FACE = ["camera_broken", "too_dark", "person_cannot", "refused", "other"];
const MARK = ["person_cannot", "refused", "camera_broken", "other"];
const PLACE = ["camera_broken", "too_dark", "unsafe", "refused", "other"];
const USUAL: Readonly<Record<string, readonly string[]>> = {
  ktp: PAPER,
  kk: PAPER,
  authority: PAPER,
  letter: PAPER,
  face: FACE,
  recipient_photo: FACE,
  signature: MARK,
  thumbprint: MARK,
};

export interface NumberTest {
  readonly at_least?: number;
  readonly below?: number;
}
export type Test = boolean | NumberTest | { readonly one_of: readonly string[] };
export type Conditions = Readonly<Record<string, Test>>;
/** All of a map must hold; one of a list must. */
export type Condition = Conditions | readonly Conditions[];

export interface Ask {
  readonly anyOf: readonly string[];
  readonly atLeast: number;
  readonly when: Condition | null;
  /** Null: a file is always needed. */
  readonly tickWhen: Condition | null;
  readonly samplePermille: number;
  readonly orWitness: boolean;
  readonly reasons: readonly string[];
}

export interface Step {
  readonly code: StepCode;
  readonly when: Condition | null;
  readonly required: boolean;
  readonly asks: readonly Ask[];
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

type Loose = Record<string, unknown>;
const map = (value: unknown): Loose =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Loose) : {};
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] => list(value).map(String);
const condition = (value: unknown): Condition | null => (value ?? null) as Condition | null;

const NATURAL: Readonly<Partial<Record<StepCode, readonly (readonly string[])[]>>> = {
  documents: [["ktp"], ["kk"]],
  face: [["face"]],
  recipient_photo: [["recipient_photo"]],
  receipt_mark: [["signature", "thumbprint"]],
  house: [["house"]],
};

function readAsk(raw: Loose): Ask {
  const anyOf = texts(raw["any_of"]);
  const reasons = raw["reasons"];
  return {
    anyOf,
    atLeast: typeof raw["at_least"] === "number" ? raw["at_least"] : 1,
    when: condition(raw["when"]),
    tickWhen: condition(raw["tick_when"]),
    samplePermille: typeof raw["sample_permille"] === "number" ? raw["sample_permille"] : 0,
    orWitness: raw["or_witness"] === true,
    reasons: Array.isArray(reasons) ? texts(reasons) : (USUAL[anyOf[0] ?? ""] ?? PLACE),
  };
}

function shortForm(code: StepCode, raw: Loose): Ask[] {
  let groups: readonly (readonly string[])[] = texts(raw["evidence"]).map((kind) => [kind]);
  if (list(raw["any_of"]).length) groups = [...groups, texts(raw["any_of"])];
  if (groups.length === 0) groups = NATURAL[code] ?? [];
  const or_witness = code === "face" || code === "receipt_mark";
  const asks = groups.map((any_of) => readAsk({ any_of, or_witness }));
  if (code === "documents") asks.push(readAsk({ any_of: ["authority"], when: { proxy: true } }));
  return asks;
}

function readStep(code: StepCode, raw: Loose): Step {
  const asks = raw["asks"];
  return {
    code,
    when: condition(raw["when"]),
    required: raw["required"] !== false,
    asks: Array.isArray(asks)
      ? asks.map((ask) => readAsk(map(ask))).filter((ask) => ask.anyOf.length > 0)
      : shortForm(code, raw),
  };
}

/**
 * The steps in the order of the walk. No procedure may lead past the face or the hand-over or leave
 * its receipt out, whatever the data say. The recipient's mark ends the hand-over and names every
 * picture of it, so it is asked for last.
 */
export function readSteps(rows: readonly unknown[]): readonly Step[] {
  const found = new Map<StepCode, Step>();
  for (const row of rows) {
    const code = codeOf(row);
    if (code && !found.has(code)) found.set(code, readStep(code, map(row)));
  }
  const of = (code: StepCode): Step => found.get(code) ?? readStep(code, {});
  const walk = [...found.values()].filter((s) => s.code !== "receipt_mark" && s.code !== "receipt");
  if (!found.has("hand_over")) walk.push(of("hand_over"));
  const pays = walk.findIndex((s) => s.code === "hand_over");
  const checks = walk.findIndex((s) => s.code === "face");
  if (checks < 0) walk.splice(pays, 0, of("face"));
  else if (checks > pays) walk.splice(pays, 0, ...walk.splice(checks, 1));
  return [...walk, of("receipt_mark"), of("receipt")];
}

function codeOf(row: unknown): StepCode | undefined {
  const code = typeof row === "string" ? row : map(row)["code"];
  return CODES.find((known) => known === code);
}

export function readSop(raw: unknown): Sop {
  const source = map(raw);
  const unknown = new Set<string>();
  const channels: Record<string, Procedure> = {};
  for (const [channel, value] of Object.entries(map(source["channels"]))) {
    const rows = list(map(value)["steps"]);
    for (const row of rows) if (!codeOf(row)) unknown.add(String(map(row)["code"]));
    channels[channel] = {
      id: String(map(value)["id"] ?? `${channel}/1`),
      steps: readSteps(rows),
    };
  }
  return { version: String(source["version"] ?? "1"), channels, unknown: [...unknown] };
}

/** What is done where the server names no steps. */
export const DEFAULT_STEPS: readonly Step[] = readSteps([
  { code: "letter" },
  { code: "documents" },
  { code: "face" },
  { code: "hand_over" },
  { code: "recipient_photo" },
]);

export function procedureFor(sop: Sop, channel: string): Procedure {
  return sop.channels[channel] ?? { id: `${channel}/1`, steps: DEFAULT_STEPS };
}
