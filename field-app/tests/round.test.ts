import { describe, expect, it } from "vitest";
import { stopInForce, unread } from "../src/domain/instructions";
import { directionTo, inRound, metresBetween, sayMetres, sketchOf } from "../src/domain/round";
import type { Instruction } from "../src/domain/worklist";
import { SITIS_VISIT } from "./cast";

const HERE = { lat: -2.99, lon: 104.75 };
const EAST = { lat: -2.99, lon: 104.76 };
const NORTH = { lat: -2.98, lon: 104.75 };

describe("a doorstep round", () => {
  it("goes in the planned order, and by village and address where none was planned", () => {
    const house = (id: string, round: number | null, address: string) => {
      const visit = { ...SITIS_VISIT, id, round };
      return { ...visit, household: { ...visit.household, address } };
    };
    const order = inRound([
      house("c", null, "Jl. B"),
      house("b", 2, "Jl. Z"),
      house("d", null, "Jl. A"),
      house("a", 1, "Jl. Y"),
    ]).map((visit) => visit.id);
    expect(order).toEqual(["a", "b", "d", "c"]);
  });

  it("says how far and into which direction the next house is", () => {
    expect(Math.round(metresBetween(HERE, EAST))).toBe(1110);
    expect(directionTo(HERE, EAST)).toBe("e");
    expect(directionTo(EAST, HERE)).toBe("w");
    expect(directionTo(HERE, NORTH)).toBe("n");
    expect(directionTo(HERE, { lat: -3, lon: 104.74 })).toBe("sw");
    expect(sayMetres(3)).toEqual({ value: "10", unit: "m" });
    expect(sayMetres(347)).toEqual({ value: "350", unit: "m" });
    expect(sayMetres(1240)).toEqual({ value: "1,2", unit: "km" });
  });

  it("draws houses true to scale with north on top, all of them on the sheet", () => {
    const houses = [HERE, EAST, NORTH].map((place, i) => ({ id: String(i), place }));
    const sketch = sketchOf(houses, HERE, 320, 200)!;
    const [here, east, north] = sketch.dots;
    expect(east!.x).toBeGreaterThan(here!.x);
    expect(north!.y).toBeLessThan(here!.y);
    expect(Math.abs(east!.x - here!.x - (here!.y - north!.y))).toBeLessThanOrEqual(2);
    for (const dot of sketch.dots) {
      expect(dot.x).toBeGreaterThanOrEqual(0);
      expect(dot.x).toBeLessThanOrEqual(320);
      expect(dot.y).toBeGreaterThanOrEqual(0);
      expect(dot.y).toBeLessThanOrEqual(200);
    }
    expect(sketchOf(houses.slice(0, 1), null, 320, 200)).toBeNull();
  });
});

describe("words of the back office", () => {
  const told = (id: string, kind: Instruction["kind"], at: string): Instruction => ({
    id,
    kind,
    at,
    text: "",
  });

  it("ask to stop until a later word to go on", () => {
    const stop = told("1", "stop", "2026-11-30T02:00:00.000Z");
    const message = told("2", "message", "2026-11-30T03:00:00.000Z");
    const resume = told("3", "resume", "2026-11-30T04:00:00.000Z");
    expect(stopInForce([message])).toBeNull();
    expect(stopInForce([message, stop])).toEqual(stop);
    expect(stopInForce([resume, stop, message])).toBeNull();
  });

  it("stay until they are read", () => {
    const message = told("2", "message", "2026-11-30T03:00:00.000Z");
    expect(unread([message], new Set())).toEqual([message]);
    expect(unread([message], new Set(["2"]))).toEqual([]);
  });
});
