/** Why a family could not be paid today: the coded reasons, and what each asks for. */

export type ReasonKind = "temporary" | "final";

export interface Reason {
  readonly code: string;
  readonly kind: ReasonKind;
  /** A final reason is approved by a second person, who wants to see a letter or a photo. */
  readonly photo: boolean;
}

const temporary = (code: string): Reason => ({ code, kind: "temporary", photo: false });
const final = (code: string): Reason => ({ code, kind: "final", photo: true });

/** In the order in which officers meet them. */
export const REASONS: readonly Reason[] = [
  temporary("absent"),
  temporary("ill"),
  temporary("away"),
  temporary("no_document"),
  temporary("face_not_matched"),
  temporary("nik_mismatch"),
  temporary("not_found"),
  temporary("moved"),
  temporary("deceased_heir"),
  final("deceased_single"),
  final("refused"),
  final("graduated"),
  final("not_eligible"),
  final("duplicate_family"),
  final("duplicate_program"),
  final("no_component"),
  temporary("force_majeure"),
];

export const reasonOf = (code: string): Reason | undefined =>
  REASONS.find((reason) => reason.code === code);
