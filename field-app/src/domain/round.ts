/** A round of houses: in which order, how far the next one is, and a sketch of where they stand. */

import type { Place, Visit } from "./worklist";

const EARTH_METRES = 6_371_000;
const radians = (degrees: number): number => (degrees * Math.PI) / 180;

/** Along the earth's surface, in metres. */
export function metresBetween(a: Place, b: Place): number {
  const half =
    Math.sin(radians(b.lat - a.lat) / 2) ** 2 +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_METRES * Math.asin(Math.sqrt(half));
}

export const COMPASS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;
export type Compass = (typeof COMPASS)[number];

/** Into which of eight directions one looks from `a` to see `b`. */
export function directionTo(a: Place, b: Place): Compass {
  const east = (b.lon - a.lon) * Math.cos(radians(a.lat));
  const angle = (Math.atan2(east, b.lat - a.lat) * 180) / Math.PI;
  return COMPASS[Math.round((angle + 360) / 45) % 8] ?? "n";
}

/** The planned order where there is one; other houses by village and address. */
export function inRound(visits: readonly Visit[]): Visit[] {
  const rank = (visit: Visit): string =>
    [
      String(visit.round ?? 99_999).padStart(5, "0"),
      visit.household.village,
      visit.household.address,
      visit.recipient.name,
    ].join(" ");
  return [...visits].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

export interface Dot {
  readonly id: string;
  readonly x: number;
  readonly y: number;
}

export interface Sketch {
  readonly width: number;
  readonly height: number;
  readonly dots: readonly Dot[];
  readonly here: { readonly x: number; readonly y: number } | null;
  /** How many metres a bar of a quarter of the width stands for. */
  readonly barMetres: number;
}

const EDGE = 18;
const LEAST_METRES = 120;

/**
 * Houses on a sheet with north on top, true to scale; null where fewer than two are located. Small
 * enough an area for a plane: nobody walks a round across a province.
 */
export function sketchOf(
  houses: readonly { readonly id: string; readonly place: Place }[],
  here: Place | null,
  width: number,
  height: number,
): Sketch | null {
  if (houses.length < 2) return null;
  const all = [...houses.map(({ place }) => place), ...(here ? [here] : [])];
  const mean = (values: number[]): number => (Math.min(...values) + Math.max(...values)) / 2;
  const middle = { lat: mean(all.map((p) => p.lat)), lon: mean(all.map((p) => p.lon)) };
  const east = (p: Place): number =>
    radians(p.lon - middle.lon) * EARTH_METRES * Math.cos(radians(middle.lat));
  const north = (p: Place): number => radians(p.lat - middle.lat) * EARTH_METRES;
  const reach = (of: (p: Place) => number): number =>
    Math.max(LEAST_METRES, ...all.map((p) => 2 * Math.abs(of(p))));
  const perMetre = Math.min((width - 2 * EDGE) / reach(east), (height - 2 * EDGE) / reach(north));
  const put = (p: Place): { x: number; y: number } => ({
    x: Math.round(width / 2 + east(p) * perMetre),
    y: Math.round(height / 2 - north(p) * perMetre),
  });
  return {
    width,
    height,
    dots: houses.map(({ id, place }) => ({ id, ...put(place) })),
    here: here ? put(here) : null,
    barMetres: width / 4 / perMetre,
  };
}

/** Rounded as one would say it: 40 m, 350 m, 1,2 km. */
export function sayMetres(metres: number): { readonly value: string; readonly unit: "m" | "km" } {
  if (metres < 1000)
    return { value: String(Math.max(10, Math.round(metres / 10) * 10)), unit: "m" };
  const km = Math.round(metres / 100) / 10;
  return { value: km.toLocaleString("id-ID", { maximumFractionDigits: 1 }), unit: "km" };
}
