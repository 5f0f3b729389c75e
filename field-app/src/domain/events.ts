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

export type Verdict = "match" | "review" | "capture_again" | "unchecked";
export type Method = "face" | "enrolment" | "witness" | "document" | "proxy";
export type ReceiptMark = "signature" | "thumbprint" | "witness";

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
  };
  hand_over_begun: { payments: readonly PaymentRef[]; total: number };
  handed_over: {
    begun: string;
    verification: string;
    payments: readonly PaymentRef[];
    total: number;
    collector: { person_id: string; relation: string };
    receipt_mark: ReceiptMark;
    witness?: Witness;
    evidence: readonly EvidenceRef[];
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
  cash_transfer: { float_id: string; direction: "accept" | "return"; notes: Notes; total: number };
  cash_count: { notes: Notes; total: number };
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
  return "evidence" in body ? body.evidence : [];
}

/** Six places are eleven centimetres: more would be noise, and longer numbers print differently. */
export const roundDegrees = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
