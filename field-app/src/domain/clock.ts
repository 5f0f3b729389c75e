/** The server's time, as a phone with a wrong clock can still reckon it. */

import type { EventTime } from "./events";

/** `unixMs` may jump when somebody sets the clock; `monotonicMs` only ever grows. */
export interface ClockReading {
  readonly unixMs: number;
  readonly monotonicMs: number;
}

/** The server said `serverMs` when the phone's clocks read `at`. */
export interface ServerFix {
  readonly serverMs: number;
  readonly at: ClockReading;
}

export const CLOCK_TOLERANCE_MS = 5 * 60_000;

export function serverNow(fix: ServerFix | null, now: ClockReading): number | null {
  return fix && fix.serverMs + (now.monotonicMs - fix.at.monotonicMs);
}

/** By how much the phone's clock is ahead of the server's; null when never heard. */
export function clockError(fix: ServerFix | null, now: ClockReading): number | null {
  const server = serverNow(fix, now);
  return server === null ? null : now.unixMs - server;
}

export const moment = (unixMs: number): string => new Date(unixMs).toISOString();

export function eventTime(fix: ServerFix | null, now: ClockReading): EventTime {
  const server = serverNow(fix, now);
  return {
    device: moment(now.unixMs),
    monotonic_ms: Math.round(now.monotonicMs),
    server: server === null ? null : moment(server),
  };
}
