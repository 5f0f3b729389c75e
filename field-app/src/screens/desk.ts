/** What this phone is in its group, and which families it pays: read at once for any screen. */

import {
  handlesCash,
  movesOf,
  rightOf,
  roleOf,
  type MoveEvent,
  type Moves,
  type Role,
} from "../domain/desks";
import type { Progress } from "../domain/sop";
import type { Lease, Peer, Session, Visit } from "../domain/worklist";
import { readWorklistHead } from "../store/assignments";
import type { StoredEvent } from "../store/database";
import { readIdentity } from "../store/identity";
import { allEvents, bodyOf } from "../store/outbox";

export interface Desk {
  readonly role: Role;
  readonly lease: Lease | null;
  readonly session: Session | null;
  readonly peers: readonly Peer[];
  /** This phone's id. */
  readonly self: string;
  readonly moves: Moves;
}

const MOVES = new Set(["lease_release", "lease_accept"]);

export const movesIn = (events: readonly StoredEvent[]): Moves =>
  movesOf(
    events
      .filter((event) => MOVES.has(event.kind))
      .map((event): MoveEvent => ({ kind: event.kind, body: bodyOf(event) })),
  );

export async function readDesk(): Promise<Desk> {
  const [head, identity, events] = await Promise.all([
    readWorklistHead(),
    readIdentity(),
    allEvents(),
  ]);
  return {
    role: roleOf(head?.lease),
    lease: head?.lease ?? null,
    session: head?.session ?? null,
    peers: head?.peers ?? [],
    self: identity?.device_id ?? "",
    moves: movesIn(events),
  };
}

/** Whether the cash of this visit may leave this phone's bag now. */
export async function mayPayHere(visit: Visit, progress: Progress): Promise<boolean> {
  const desk = await readDesk();
  const { role } = desk;
  if (!handlesCash(role)) return false;
  if (role === "payer" && !progress.by?.slip) return false;
  if (progress.by?.stub || progress.by?.unleased) return true;
  return rightOf(visit, desk).kind === "here";
}
