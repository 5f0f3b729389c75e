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

/** A moment that no setting of the phone's clock can move back. */
export interface TrustedTime {
  /** The best guess: never before `surelyMs`. */
  readonly ms: number;
  /** It is at least this late: from the server's word and from clocks that only ever grow. */
  readonly surelyMs: number;
  /** The server has not been heard since the app was opened, or the phone's clock disagrees. */
  readonly flagged: boolean;
}

/**
 * `floor` is the latest moment that was sure when the app was last open. A monotonic clock may
 * stand still while a phone sleeps, so that a clock on the wall which is further on is believed for
 * hiding, but never for destroying: `surelyMs` does not follow it.
 */
export function trustedTime(
  fix: ServerFix | null,
  floor: { readonly ms: number; readonly at: ClockReading },
  now: ClockReading,
): TrustedTime {
  const sinceFloor = floor.ms + Math.max(0, now.monotonicMs - floor.at.monotonicMs);
  const surelyMs = Math.max(sinceFloor, serverNow(fix, now) ?? 0);
  const wall = fix ? fix.serverMs + (now.unixMs - fix.at.unixMs) : now.unixMs;
  const ms = Math.max(surelyMs, wall);
  return { ms, surelyMs, flagged: fix === null || Math.abs(wall - surelyMs) > CLOCK_TOLERANCE_MS };
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
