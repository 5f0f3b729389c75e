/** Who has come, by this phone's own check-ins, and who was called already. */

import { inQueueOrder, type Arrival } from "../../domain/arrivals";
import { changed } from "../../store/changes";
import { readSingle, writeSingle } from "../../store/database";
import { allEvents, bodyOf } from "../../store/outbox";

export interface Queue {
  readonly arrivals: readonly Arrival[];
  /** In the order in which they are called. */
  readonly waiting: readonly Arrival[];
  /** When each number was called at this phone. */
  readonly called: Readonly<Record<number, number>>;
}

/** A family that was checked in twice keeps the later number. */
export async function readQueue(): Promise<Queue> {
  const [events, called] = await Promise.all([allEvents(), readSingle("called")]);
  const arrivals = events
    .filter((event) => event.kind === "check_in")
    .map((event): Arrival => {
      const { number, priority, problems } = bodyOf<"check_in">(event);
      const { event_id, visit, stored_at } = event;
      return { event: event_id, visit, number, priority, problems, at: stored_at };
    });
  const latest = new Map(arrivals.map((one) => [one.visit ?? one.event, one]));
  const waiting = [...latest.values()].filter((one) => !called?.[one.number]);
  return { arrivals, waiting: inQueueOrder(waiting), called: called ?? {} };
}

/** The family goes to the desk; it waits no more. */
export async function call(number: number, atMs: number): Promise<void> {
  const called = (await readSingle("called")) ?? {};
  await writeSingle("called", { ...called, [number]: atMs });
  changed("outbox");
}
