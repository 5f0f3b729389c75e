/** A phone that was put away asks for the PIN again; one on the table during a hand-over does not. */

import { isPractice, readLockMinutes } from "../store/preferences";
import { lock, vaultState } from "../store/vault";
import { readRoute } from "./route";

const MINUTE_MS = 60_000;
/** Notes lie on the table: a call or a look at the map must not end the walk. */
const MINUTES_WITHIN_A_HAND_OVER = 30;

let hiddenAt: { unix: number; monotonic: number } | null = null;

/** How long the app has been out of sight: the longer of two clocks, of which one may be set back. */
function hiddenMs(): number {
  if (!hiddenAt) return 0;
  return Math.max(Date.now() - hiddenAt.unix, performance.now() - hiddenAt.monotonic);
}

function allowedMs(): number {
  const busy = ["pay", "doubt", "failed"].includes(readRoute(location.hash).at);
  return MINUTE_MS * (busy ? MINUTES_WITHIN_A_HAND_OVER : readLockMinutes());
}

function lockIfForgotten(): void {
  if (vaultState() === "open" && !isPractice() && hiddenAt && hiddenMs() >= allowedMs())
    void lock();
}

export function watchIdle(): void {
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") {
      hiddenAt = { unix: Date.now(), monotonic: performance.now() };
    } else {
      lockIfForgotten();
      hiddenAt = null;
    }
  });
  setInterval(lockIfForgotten, MINUTE_MS / 2);
}
