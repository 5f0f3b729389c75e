import { expect, it } from "vitest";
import {
  blockOf,
  inQueueOrder,
  nextNumber,
  numberLabel,
  paceOf,
  reachOf,
} from "../src/domain/arrivals";
import type { Priority } from "../src/domain/events";
import type { Lease, Peer } from "../src/domain/worklist";

const HOUR = 3_600_000;
const arrival = (number: number, ...priority: Priority[]) => ({ number, priority });

it("two check-in phones never give the same number", () => {
  const phones = ["b-phone", "a-phone"];
  const peers = phones.map((device): Peer => ({
    device,
    officer: "",
    name: "",
    key: "",
    role: "companion",
    desk: null,
  }));
  const given = new Set<number>();
  for (const self of phones) {
    const block = blockOf(
      null,
      peers.filter((peer) => peer.device !== self),
      self,
    );
    let mine: number[] = [];
    for (let i = 0; i < 700; i += 1) {
      const number = nextNumber(block, mine);
      expect(number).not.toBeNull();
      mine = [...mine, number ?? 0];
      expect(given.has(number ?? 0)).toBe(false);
      given.add(number ?? 0);
    }
  }
  expect(given.size).toBe(1_400);
  expect(blockOf({ desk: 3 } as unknown as Lease, peers, "a-phone")).toBe(2);
});

it("a block that is used up gives no number twice", () => {
  expect(nextNumber(1, [1_998])).toBe(1_999);
  expect(nextNumber(1, [1_999])).toBeNull();
  expect([numberLabel(12), numberLabel(1_003)]).toEqual(["A 12", "B 3"]);
});

it("the old, the pregnant and the ill are called first, the rest by number, phones in turns", () => {
  const queue = [arrival(1_001), arrival(2), arrival(1), arrival(9, "old"), arrival(1_004, "ill")];
  expect(inQueueOrder(queue).map((one) => one.number)).toEqual([1_004, 9, 1, 1_001, 2]);
});

it("the pace of the last hour says when the queue is clear", () => {
  const now = 10 * HOUR;
  const served = [now - 2 * HOUR, ...[30, 20, 10, 0].map((minutes) => now - minutes * 60_000)];
  expect(paceOf(served, 24, now)).toEqual({ perHour: 8, clearAt: now + 3 * HOUR });
  expect(paceOf(served.slice(0, 2), 24, now)).toEqual({ perHour: null, clearAt: null });
});

it("head count against cash: how far the bag reaches down the queue", () => {
  expect(reachOf(1_000, [600, 300, 600])).toEqual({ needed: 1_500, families: 2, missing: 500 });
  expect(reachOf(2_000, [600, 300, 600])).toEqual({ needed: 1_500, families: 3, missing: 0 });
});
