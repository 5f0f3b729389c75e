/** The officer's bag: advances that wait, and what should be in it by this phone's own events. */

import { bagOf, type Bag, type Movement } from "../domain/bag";
import type { Giving } from "../domain/passing";
import type { Float, Worklist } from "../domain/worklist";
import { readWorklistHead } from "../store/assignments";
import type { StoredEvent } from "../store/database";
import { readGiving } from "../store/giving";
import { allEvents, bodyOf } from "../store/outbox";

const OFFERED = "issued";

/** The advance that an event of a transfer is about; null for cash from or to another person. */
function floatOf(event: StoredEvent): string | null {
  if (event.kind !== "cash_transfer") return null;
  const body = bodyOf<"cash_transfer">(event);
  return "float_id" in body ? body.float_id : null;
}

/** Those that the server offers and this phone has not taken. */
export async function waitingFloats(): Promise<Float[]> {
  const head = await readWorklistHead();
  if (!head?.floats.length) return [];
  const taken = new Set((await allEvents()).map(floatOf));
  return head.floats.filter((float) => float.status === OFFERED && !taken.has(float.id));
}

/**
 * Advances that are not closed yet; a closed one has left the bag and the server's list. One that
 * was taken since the server was last heard is not on that list yet.
 */
export function openFloats(
  head: Worklist | null,
  events: readonly StoredEvent[] = [],
): ReadonlySet<string> {
  const fresh = events.filter((event) => event.stored_at > (head?.pulledAt ?? 0)).map(floatOf);
  return new Set([
    ...(head?.floats ?? []).map((float) => float.id),
    ...fresh.flatMap((id) => id ?? []),
  ]);
}

const A_DAY_MS = 16 * 3_600_000;

/** What an event did to the bag; null when it moved no notes of the advances that are open. */
function movementOf(event: StoredEvent, open: ReadonlySet<string>): Movement | null {
  if (event.kind === "handed_over") {
    return { kind: "handed", total: bodyOf<"handed_over">(event).total, notes: null };
  }
  if (event.kind !== "cash_transfer") return null;
  const { notes, total, direction, ...rest } = bodyOf<"cash_transfer">(event);
  switch (direction) {
    case "give":
      return { kind: "given", total, notes };
    case "take":
      return { kind: "taken", total, notes };
    case "accept":
      return "float_id" in rest && open.has(rest.float_id) ? { kind: "float", total, notes } : null;
    case "return":
      return { kind: "returned", total, notes };
  }
}

/**
 * What came into the bag and what left it since the oldest advance that is still open was taken.
 * Without one, what moved today.
 */
export function cashOf(
  events: readonly StoredEvent[],
  open: ReadonlySet<string>,
  nowMs = Date.now(),
): Bag {
  const first = events.find((event) => open.has(floatOf(event) ?? ""));
  return bagOf(
    events
      .filter((event) =>
        first ? event.sequence >= first.sequence : nowMs - event.stored_at < A_DAY_MS,
      )
      .flatMap((event) => movementOf(event, open) ?? []),
  );
}

/** Read at once for any screen about the bag. */
export async function readBag(): Promise<Bag> {
  const events = await allEvents();
  return cashOf(events, openFloats(await readWorklistHead(), events));
}

/** Cash whose code was shown and of which this phone has not said what became of it. */
export async function openGiving(): Promise<Giving | null> {
  const giving = readGiving();
  if (!giving) return null;
  const said = (await allEvents()).some((event) => {
    if (event.kind !== "cash_transfer") return false;
    const body = bodyOf<"cash_transfer">(event);
    return "transfer" in body && body.transfer === giving.transfer;
  });
  return said ? null : giving;
}
