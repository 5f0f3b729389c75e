/** Where the phone is: watched in the background, never waited for. */

import { moment } from "../domain/clock";
import { roundDegrees, type Position } from "../domain/events";

export type LocationState = "starting" | "fixed" | "denied" | "unavailable";

let state: LocationState = "starting";
let latest: Position | null = null;
let fixes = 0;
let watching: number | null = null;

/** Older fixes say where somebody was, not where they are. */
const USEFUL_MS = 10 * 60_000;

export function watchLocation(): void {
  if (watching !== null) return;
  if (!("geolocation" in navigator)) {
    state = "unavailable";
    return;
  }
  watching = navigator.geolocation.watchPosition(
    ({ coords, timestamp }) => {
      fixes += 1;
      state = "fixed";
      latest = {
        lat: roundDegrees(coords.latitude),
        lon: roundDegrees(coords.longitude),
        accuracy_m: Math.max(0, Math.round(coords.accuracy)),
        fix_at: moment(timestamp),
        fixes,
      };
    },
    (error) => {
      state = error.code === error.PERMISSION_DENIED ? "denied" : latest ? "fixed" : "unavailable";
    },
    { enableHighAccuracy: true, maximumAge: 30_000 },
  );
}

/** The latest fix that is not too old, or null: an event is written either way. */
export function positionNow(): Position | null {
  if (!latest || Date.now() - Date.parse(latest.fix_at) > USEFUL_MS) return null;
  return latest;
}

export const locationState = (): LocationState => state;
