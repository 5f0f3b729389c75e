/** Signed events: the envelope and the body of each kind, as the contract fixes them. */

import { canonicalBytes, type Json, type JsonMap } from "./canonical";
import type { Bytes } from "./encoding";
import type { Notes } from "./money";

export type EvidenceKind =
  | "face"
  | "ktp"
  | "kk"
  | "recipient_photo"
  | "signature"
  | "thumbprint"
  | "house"
  | "authority"
  | "letter"
  | "other";

export interface EvidenceRef {
  readonly sha256: string;
  readonly length: number;
  readonly kind: EvidenceKind;
}

export interface PaymentRef {
  readonly id: string;
  readonly amount: number;
}

export interface Witness {
  readonly name: string;
  readonly role: string;
}

/** What a step asked for and could not be had, with the reason: it goes to review. */
export interface Missing {
  readonly step: string;
  readonly evidence?: string;
  readonly reason: string;
  readonly note?: string;
}

/** What another device signed and showed as a QR code, as it was read. */
export interface SignedSlip {
  readonly bytes: string;
  readonly signature: string;
}

export type Authority = "power_of_attorney" | "heir_letter";
export type Priority = "old" | "pregnant" | "disabled" | "ill" | "infant";
export type ArrivalProblem =
  | "name_differs"
  | "no_id"
  | "no_card"
  | "not_on_list"
  | "other_day"
  | "other_place"
  | "proxy"
  | "already_paid";
export type DataSubject =
  | "name"
  | "nik"
  | "family_card"
  | "address"
  | "phone"
  | "members"
  | "alive"
  | "house"
  | "supervisor"
  | "other";

export type Verdict = "match" | "review" | "capture_again" | "unchecked";
export type Method = "face" | "enrolment" | "witness" | "document" | "proxy";
export type ReceiptMark = "signature" | "thumbprint" | "witness" | "none";

/** The body of each kind of event. Whole numbers only: decimals stand in positions alone. */
export interface Bodies {
  verification: {
    person_id: string;
    relation: string;
    method: Method;
    score_milli: number | null;
    verdict: Verdict;
    letter: "scanned" | "number" | "search";
    documents: readonly ("ktp" | "kk")[];
    evidence: readonly EvidenceRef[];
    witness: Witness | null;
    reason: string | null;
    /** The server's own word about the face that it was asked about, where it was asked. */
    ticket?: string;
    missing?: readonly Missing[];
    authority?: Authority;
    nik_checked?: "typed" | "read" | "not_checked";
    witness_code?: string;
  };
  hand_over_begun: { payments: readonly PaymentRef[]; total: number };
  handed_over: {
    begun: string;
    verification: string;
    payments: readonly PaymentRef[];
    total: number;
    collector: { person_id: string; relation: string; authority?: Authority };
    receipt_mark: ReceiptMark;
    witness?: Witness;
    evidence: readonly EvidenceRef[];
    missing?: readonly Missing[];
    /** The verifier's desk signed who stands here; the payer's desk hands over. */
    slip?: SignedSlip;
    /** The original letter was given up and is kept with the cash papers. */
    stub?: boolean;
    unleased?: { letter: string; code: string };
  };
  hand_over_cancelled: { begun: string; reason: string };
  attempt_failed: { code: string; note: string; evidence: readonly EvidenceRef[] };
  geotag: {
    house: true;
    lat: number;
    lon: number;
    accuracy_m: number;
    evidence: readonly EvidenceRef[];
  };
  cash_transfer:
    | {
        float_id: string;
        direction: "accept" | "return";
        notes: Notes;
        total: number;
        slip?: SignedSlip;
      }
    | {
        /** The transfer's id, the same in both people's events. */
        transfer: string;
        direction: "give" | "take";
        /** The other device. */
        peer: string;
        notes: Notes;
        total: number;
        slip: SignedSlip | null;
      };
  cash_count: { notes: Notes; total: number };
  /** An empty body gives the whole lease back; with visits, these go to another desk. */
  lease_release: { visits?: readonly string[]; to?: string };
  lease_accept:
    | { how: "slip"; visits: readonly string[]; from: string; slip: SignedSlip }
    /** The sealed code of a dead device's desk, opened: its visits are now paid here. */
    | { how: "seal"; desk: number; seal: string };
  check_in: {
    number: number;
    letter: "scanned" | "number" | "search" | "none";
    priority: readonly Priority[];
    problems: readonly ArrivalProblem[];
    note?: string;
  };
  data_proposal: { about: DataSubject; note: string; evidence?: readonly EvidenceRef[] };
  instruction_seen: { instruction: string };
}

export type Kind = keyof Bodies;

export interface Position {
  readonly lat: number;
  readonly lon: number;
  readonly accuracy_m: number;
  readonly fix_at: string;
  readonly fixes: number;
}

export interface EventTime {
  readonly device: string;
  readonly monotonic_ms: number;
  readonly server: string | null;
}

/** Where in the world and in the plan an event happens; the chain adds the rest. */
export interface EventPlace {
  readonly device: string;
  readonly app: string;
  readonly lease: string | null;
  readonly session: string | null;
  readonly sop: string;
  readonly visit: string | null;
  readonly position: Position | null;
  readonly time: EventTime;
}

export interface ChainLink {
  readonly sequence: number;
  readonly previous: string | null;
}

/** The exact bytes that the device signs, hashes, keeps and sends. */
export function eventBytes<K extends Kind>(
  kind: K,
  body: Bodies[K],
  eventId: string,
  place: EventPlace,
  link: ChainLink,
): Bytes {
  const event: JsonMap = {
    app: place.app,
    body: body as unknown as Json,
    device: place.device,
    event_id: eventId,
    kind,
    lease: place.lease,
    position: place.position as unknown as Json,
    previous: link.previous,
    sequence: link.sequence,
    session: place.session,
    sop: place.sop,
    time: place.time as unknown as Json,
    v: 1,
    visit: place.visit,
  };
  return canonicalBytes(event);
}

/** Evidence that a body names; an event of another kind names none. */
export function evidenceIn(body: Bodies[Kind]): readonly EvidenceRef[] {
  return ("evidence" in body ? body.evidence : undefined) ?? [];
}

/** Six places are eleven centimetres: more would be noise, and longer numbers print differently. */
export const roundDegrees = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
