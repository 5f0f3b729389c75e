/**
 * Which desk of a group pays whom, by what this phone was leased and what it has signed itself.
 *
 * Every desk of a group holds all of its families, and each family has a home desk. Another desk
 * pays it after release and accept, with the opened envelope of a dead desk, or against the
 * original letter, which is then kept.
 */

import type { Bodies, Kind } from "./events";
import { hex, utf8 } from "./encoding";
import type { Lease, Peer, Visit, Worklist } from "./worklist";

export type Role = NonNullable<Lease["role"]>;

/** What this phone is for; a lease that says nothing is one officer who does everything. */
export const roleOf = (lease: Lease | null | undefined): Role => lease?.role ?? "all";

/** Whether cash leaves a bag at this phone: companions and verifiers see no amounts. */
export const handlesCash = (role: Role): boolean => role === "payer" || role === "all";

export interface Moves {
  /** Given to another desk: visit and the device that it was given to. */
  readonly released: ReadonlyMap<string, string>;
  readonly accepted: ReadonlySet<string>;
  /** Desks whose sealed envelope was opened at this one. */
  readonly opened: ReadonlySet<number>;
}

export interface MoveEvent {
  readonly kind: Kind;
  readonly body: Bodies[Kind];
}

/** What this phone's own events, in their order, moved from desk to desk. */
export function movesOf(events: readonly MoveEvent[]): Moves {
  const released = new Map<string, string>();
  const accepted = new Set<string>();
  const opened = new Set<number>();
  for (const { kind, body } of events) {
    if (kind === "lease_release") {
      const { visits = [], to = "" } = body as Bodies["lease_release"];
      for (const visit of visits) {
        released.set(visit, to);
        accepted.delete(visit);
      }
    }
    if (kind === "lease_accept") {
      const accept = body as Bodies["lease_accept"];
      if (accept.how === "seal") opened.add(accept.desk);
      else {
        for (const visit of accept.visits) {
          accepted.add(visit);
          released.delete(visit);
        }
      }
    }
  }
  return { released, accepted, opened };
}

export type Right =
  | { readonly kind: "here" }
  /** Given away: whoever accepted it pays it, and this desk does not. */
  | { readonly kind: "released"; readonly to: string }
  /** Expected at another desk of the group. */
  | { readonly kind: "other_desk"; readonly desk: number };

export function rightOf(
  visit: Visit,
  { lease, moves, peers }: { lease: Lease | null; moves: Moves; peers: readonly Peer[] },
): Right {
  const to = moves.released.get(visit.id);
  if (to !== undefined) {
    // What was given to a desk that died since then came back with its envelope.
    const desk = peers.find((peer) => peer.device === to)?.desk;
    const back = typeof desk === "number" && moves.opened.has(desk);
    return back ? { kind: "here" } : { kind: "released", to };
  }
  if (moves.accepted.has(visit.id)) return { kind: "here" };
  const { desk } = visit;
  const grouped = lease?.kind === "group" && typeof lease.desk === "number";
  if (!grouped || !desk || desk === lease.desk || moves.opened.has(desk) || visit.unleased) {
    return { kind: "here" };
  }
  return { kind: "other_desk", desk };
}

/** The other desks of the group, by their number. */
export const otherDesks = (peers: readonly Peer[], self: string): Peer[] =>
  peers
    .filter((peer) => peer.role === "desk" && peer.device !== self && peer.desk !== null)
    .sort((a, b) => (a.desk ?? 0) - (b.desk ?? 0));

async function sha256Of(text: string): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", utf8(text))));
}

/** As it is printed, `K7QM-2XHD-9RTA`, whatever the blanks, dashes and small letters of who types. */
export const printedCode = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, "")
    .replace(/(.{4})(?=.)/g, "$1-");

/** The desk whose envelope holds this code; null for a code that is in none of them. */
export async function deskOfSeal(lease: Lease, typed: string): Promise<number | null> {
  for (const [desk, digest] of Object.entries(lease.seals ?? {})) {
    const code = printedCode(typed);
    if ((await sha256Of(`salur-seal|${lease.id}|${desk}|${code}`)) === digest) return Number(desk);
  }
  return null;
}

export type WalkIn = "ok" | "not_allowed" | "wrong_code" | "used_code" | "too_many" | "too_much";

/**
 * Whether a family of another list may be paid here against its letter and a supervisor's code,
 * by what this phone has paid that way already.
 */
export async function judgeWalkIn(
  { lease }: Pick<Worklist, "lease">,
  typed: string,
  total: number,
  before: readonly { readonly code: string; readonly total: number }[],
): Promise<WalkIn> {
  const policy = lease?.unleased;
  if (!lease || !policy) return "not_allowed";
  if (before.length >= policy.most) return "too_many";
  if (before.reduce((sum, one) => sum + one.total, total) > policy.most_rupiah) return "too_much";
  const code = printedCode(typed);
  if (!policy.codes.includes(await sha256Of(`salur-unleased|${lease.id}|${code}`))) {
    return "wrong_code";
  }
  return before.some((one) => printedCode(one.code) === code) ? "used_code" : "ok";
}
