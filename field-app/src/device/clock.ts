/** This phone's two clocks, and what the server has said about them. */

import {
  clockError,
  eventTime,
  serverNow,
  trustedTime,
  type ClockReading,
  type ServerFix,
  type TrustedTime,
} from "../domain/clock";
import type { EventTime } from "../domain/events";
import { readSingle, writeSingle } from "../store/database";

let fix: ServerFix | null = null;
let floor = { ms: 0, at: { unixMs: 0, monotonicMs: 0 } };
let rememberedErrorMs = 0;

export const readClock = (): ClockReading => ({
  unixMs: Date.now(),
  monotonicMs: performance.now(),
});

/** What the phone's clock was wrong by when the app was last open. */
export async function rememberClock(): Promise<void> {
  rememberedErrorMs = (await readSingle("clock_error_ms")) ?? 0;
  floor = { ms: (await readSingle("trusted_time")) ?? 0, at: readClock() };
}

export const trustedNow = (): TrustedTime => trustedTime(fix, floor, readClock());

/** So that a restart and a clock that was set back cannot undo what was sure. */
export async function keepTrustedTime(): Promise<void> {
  const { surelyMs } = trustedNow();
  if (surelyMs > ((await readSingle("trusted_time")) ?? 0)) {
    await writeSingle("trusted_time", surelyMs);
  }
}

/** The server has just said what time it is. */
export function hearServerTime(serverTime: unknown): void {
  const serverMs = typeof serverTime === "string" ? Date.parse(serverTime) : NaN;
  if (Number.isNaN(serverMs)) return;
  fix = { serverMs, at: readClock() };
  const error = Math.round(clockError(fix, readClock()) ?? 0);
  if (Math.abs(error - rememberedErrorMs) > 1_000) {
    rememberedErrorMs = error;
    void writeSingle("clock_error_ms", error);
  }
}

/** The best guess at the server's time, for signing requests and for judging leases. */
export const correctedNow = (): number =>
  serverNow(fix, readClock()) ?? Date.now() - rememberedErrorMs;

export const clockErrorMs = (): number => clockError(fix, readClock()) ?? rememberedErrorMs;

export const timeForEvent = (): EventTime => eventTime(fix, readClock());
