/** What was leased may be read until the lease's end and some grace, by time that can be trusted. */

import { keepTrustedTime, trustedNow } from "../device/clock";
import { dropAssignments, readWorklistHead } from "../store/assignments";
import type { Worklist } from "../domain/worklist";

const HOUR_MS = 3_600_000;
const GRACE_HOURS = 24;

export type LeaseState = "live" | "grace" | "over";

export function endOfReading(head: Worklist): number {
  const hours = Number(head.settings["grace_hours"] ?? GRACE_HOURS);
  return Date.parse(head.lease?.until ?? "") + hours * HOUR_MS;
}

export function leaseState(head: Worklist | null, nowMs = trustedNow().ms): LeaseState {
  if (!head?.lease) return "live";
  if (nowMs < Date.parse(head.lease.until)) return "live";
  return nowMs < endOfReading(head) ? "grace" : "over";
}

/**
 * Destroys the leased list once it is surely over: a phone whose clock somebody set forward hides
 * it, and shows it again when the clock is right. What was handed over stays until it is sent.
 */
export async function expireLease(): Promise<boolean> {
  await keepTrustedTime();
  const head = await readWorklistHead();
  if (!head?.lease || leaseState(head, trustedNow().surelyMs) !== "over") return false;
  return dropAssignments();
}
