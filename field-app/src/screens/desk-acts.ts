/** What passes between desks: each act is an event on the disk before its code is on the screen. */

import { correctedNow } from "../device/clock";
import { moment } from "../domain/clock";
import { deskOfSeal, handlesCash, judgeWalkIn, printedCode, type WalkIn } from "../domain/desks";
import type { Bodies } from "../domain/events";
import { uuid7 } from "../domain/ids";
import {
  signSlip,
  slipText,
  trustOfSlip,
  type ReadSlip,
  type SlipBodies,
  type SlipKind,
} from "../domain/slips";
import { inDoubt, type Progress } from "../domain/sop";
import type { Peer, Visit } from "../domain/worklist";
import { readVisit } from "../store/assignments";
import { readIdentity } from "../store/identity";
import { allEvents, bodyOf, eventsOf } from "../store/outbox";
import { readProgress, saveProgress } from "../store/progress";
import { prepareHandOver, write } from "./acts";
import { readDesk } from "./desk";

/** Signs a slip of this phone; what its code says. */
export async function showSlip<K extends SlipKind>(
  slip: K,
  to: string | null,
  body: SlipBodies[K],
): Promise<string> {
  const [identity, desk] = await Promise.all([readIdentity(), readDesk()]);
  if (!identity) throw new Error("this phone is not enrolled");
  const now = correctedNow();
  const signed = await signSlip(
    {
      id: uuid7(now, crypto.getRandomValues(new Uint8Array(10))),
      slip,
      from: identity.device_id,
      to,
      session: desk.session?.id ?? null,
      time: moment(now),
      body,
    },
    identity.private_key,
  );
  return slipText(signed);
}

export type Doubted = "stranger" | "not_for_us";

/** The peer that signed a slip for this phone, or why it is not believed. */
export async function believe(read: ReadSlip): Promise<Peer | Doubted> {
  const { peers, self } = await readDesk();
  const trust = await trustOfSlip(read, peers, self);
  const peer = peers.find((one) => one.device === read.slip.from);
  if (trust === "trusted") return peer ?? "stranger";
  return trust;
}

/** The visit is no longer this desk's from the moment that this returns. */
export async function release(visit: Visit, to: string): Promise<void> {
  const progress = await readProgress(visit.id);
  if (progress && inDoubt(progress)) throw new Error("a hand-over is open");
  await write("lease_release", { visits: [visit.id], to }, visit, () => null);
}

/** Takes over what another desk released to this one; once, however often it is read. */
export async function accept(read: ReadSlip): Promise<void> {
  const { visits } = read.slip.body as SlipBodies["release"];
  const { moves } = await readDesk();
  if (visits.every((visit) => moves.accepted.has(visit))) return;
  const body = { how: "slip", visits, from: read.slip.from, slip: read.signed } as const;
  await write("lease_accept", body, null);
}

/** Whose envelope was opened: that desk's families are paid here from now on. */
export async function openSeal(typed: string): Promise<number | "wrong" | "known"> {
  const { lease, moves } = await readDesk();
  const desk = lease ? await deskOfSeal(lease, typed) : null;
  if (desk === null) return "wrong";
  if (desk === lease?.desk || moves.opened.has(desk)) return "known";
  await write("lease_accept", { how: "seal", desk, seal: printedCode(typed) }, null);
  return desk;
}

/** The verifier's word about who stands here, as this phone signed it last. */
export async function ticketOf(visit: string): Promise<SlipBodies["verified"] | null> {
  const signed = (await eventsOf(visit)).filter((event) => event.kind === "verification");
  const last = signed.sort((a, b) => a.sequence - b.sequence).at(-1);
  if (!last) return null;
  const { person_id, relation, method } = bodyOf<"verification">(last);
  const number = null;
  return { visit, verification: last.event_id, person: person_id, relation, method, number };
}

export type TicketTrouble =
  "not_a_payer" | "other_session" | "unknown_visit" | "unknown_person" | "used" | "begun";

/** A verified slip becomes a hand-over that begins with the cash; or why it does not. */
export async function takeTicket(read: ReadSlip): Promise<TicketTrouble | Progress> {
  const desk = await readDesk();
  const body = read.slip.body as SlipBodies["verified"];
  if (!handlesCash(desk.role)) return "not_a_payer";
  if (desk.session && read.slip.session !== desk.session.id) return "other_session";
  const visit = await readVisit(body.visit);
  if (!visit) return "unknown_visit";
  const events = await eventsOf(visit.id);
  if (events.some((event) => event.kind === "handed_over") || visit.total === 0) return "used";
  const open = await readProgress(visit.id);
  if (open?.begun) return "begun";
  const person = [visit.recipient, ...visit.collectors].find(
    (one) => one.person_id === body.person,
  );
  if (!person) return "unknown_person";
  const progress: Progress = {
    ...(await prepareHandOver(visit, "scanned", null)),
    letterAccepted: true,
    collector: { person_id: body.person, name: person.name, relation: body.relation },
    verification: { event: body.verification, method: body.method, verdict: "unchecked" },
    by: { slip: read.signed },
  };
  await saveProgress(progress);
  return progress;
}

/** Against its original letter a family of another desk is paid here; the letter is kept. */
export async function keepStub(progress: Progress): Promise<void> {
  await saveProgress({ ...progress, by: { ...progress.by, stub: true } });
}

/** Earlier hand-overs of this phone against a letter and a supervisor's code. */
async function walkIns(): Promise<{ code: string; total: number }[]> {
  return (await allEvents())
    .filter((event) => event.kind === "handed_over")
    .map((event) => bodyOf<"handed_over">(event))
    .flatMap(({ unleased, total }) => (unleased ? [{ code: unleased.code, total }] : []));
}

export async function judgeCode(code: string, total: number): Promise<WalkIn> {
  const { lease } = await readDesk();
  return judgeWalkIn({ lease }, code, total, await walkIns());
}

export async function checkIn(visit: Visit | null, body: Bodies["check_in"]): Promise<void> {
  await write("check_in", body, visit);
}
