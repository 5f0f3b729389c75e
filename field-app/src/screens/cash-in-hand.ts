/** The officer's bag: advances that wait, and what should be in it by this phone's own events. */

import type { Float, Worklist } from "../domain/worklist";
import { readWorklistHead } from "../store/assignments";
import type { StoredEvent } from "../store/database";
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

/** Advances that are not closed yet; a closed one has left the bag and the server's list. */
export const openFloats = (head: Worklist | null): ReadonlySet<string> =>
  new Set(head?.floats.map((float) => float.id));

export interface Cash {
  readonly accepted: number;
  readonly handed: number;
  readonly families: number;
}

const A_DAY_MS = 16 * 3_600_000;

/**
 * What came into the bag and what left it since the oldest advance that is still open was taken.
 * Without one, what was handed over today.
 */
export function cashOf(
  events: readonly StoredEvent[],
  open: ReadonlySet<string>,
  nowMs = Date.now(),
): Cash {
  const isOpen = (event: StoredEvent): boolean => open.has(floatOf(event) ?? "");
  const first = events.find(isOpen);
  const counted = events.filter((event) =>
    first ? event.sequence >= first.sequence : nowMs - event.stored_at < A_DAY_MS,
  );
  let accepted = 0;
  let handed = 0;
  let families = 0;
  for (const event of counted) {
    if (isOpen(event)) accepted += bodyOf<"cash_transfer">(event).total;
    if (event.kind === "handed_over") {
      handed += bodyOf<"handed_over">(event).total;
      families += 1;
    }
  }
  return { accepted, handed, families };
}
