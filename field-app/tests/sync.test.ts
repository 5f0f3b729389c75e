import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { clockErrorMs, correctedNow } from "../src/device/clock";
import { utf8 } from "../src/domain/encoding";
import { closeDatabase, readSingle, type Identity } from "../src/store/database";
import { keepEvidence, readEvidence } from "../src/store/evidence";
import { append, countOutbox } from "../src/store/outbox";
import { postJson, Unreachable } from "../src/sync/api";
import { backoff } from "../src/sync/engine";
import {
  forgetUploads,
  fetchReceipts,
  pushEvents,
  pushEvidence,
  uploadProgress,
} from "../src/sync/push";
import { Pace } from "../src/sync/upload";
import { enrolPhone, PLACE } from "./cast";
import { FakeServer } from "./server";

let server: FakeServer;
let identity: Identity;

const noNews = async (): Promise<boolean> => false;
const cut = (): never => {
  throw new TypeError("network");
};

async function payout(text: string): Promise<string> {
  const file = await keepEvidence(utf8(text), "recipient_photo", "image/jpeg");
  const body = { code: "absent", note: text, evidence: [file] };
  await append({ kind: "attempt_failed", body, place: PLACE });
  return file.sha256;
}

async function everything(): Promise<void> {
  await pushEvents(identity);
  await pushEvidence(noNews);
  await fetchReceipts(identity);
}

beforeEach(async () => {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
  forgetUploads();
  server = new FakeServer();
  await server.start();
  await enrolPhone(server.publicKeyHex);
  identity = (await readSingle("identity")) as Identity;
});

describe("sending", () => {
  it("sends small events before big photos, and is done when a receipt lists both", async () => {
    const sha256 = await payout("one");
    await everything();
    expect(server.log.map((line) => line.split(" ")[0])).toEqual(["POST", "HEAD", "POST", "POST"]);
    expect(await countOutbox()).toEqual({ events: 0, photos: 0, refused: 0 });
    expect((await readEvidence(sha256))?.bytes).toBeNull();
  });

  it("loses nothing and doubles nothing when the answer is lost after the server has committed", async () => {
    const sha256 = await payout("one");
    server.after = cut;
    await expect(pushEvents(identity)).rejects.toThrow(Unreachable);
    expect((await countOutbox()).events).toBe(1);
    server.after = () => undefined;
    await everything();
    expect(server.events.size).toBe(1);
    expect(server.evidence.has(sha256)).toBe(true);
    expect((await countOutbox()).events).toBe(0);
  });

  it("does not send a photo again that arrived before the line was cut", async () => {
    const sha256 = await payout("one");
    await pushEvents(identity);
    server.after = (_method, path) => (path === "/uploads" ? cut() : undefined);
    await pushEvidence(noNews);
    expect(server.bytesUp).toBe(3);
    expect((await readEvidence(sha256))?.uploaded).toBe(1);
  });

  it("goes on with a photo where the line was cut, and sends no piece twice that arrived", async () => {
    const large = "x".repeat(200_000);
    const sha256 = await payout(large);
    await pushEvents(identity);
    let pieces = 0;
    let seen = null;
    server.before = (method) => {
      if (method !== "PATCH" || ++pieces !== 2) return;
      seen = uploadProgress();
      cut();
    };
    await pushEvidence(noNews);
    expect(seen).toMatchObject({ done: 0, total: 1, percent: 24 });
    expect(server.evidence.get(sha256)).toBe(large.length);
    expect(server.bytesUp).toBe(large.length);
    expect(uploadProgress()).toBeNull();
  });

  it("leaves a photo to the next turn when the server has no time, and keeps what arrived", async () => {
    await payout("x".repeat(100_000));
    await pushEvents(identity);
    server.before = (method) =>
      method === "PATCH" ? new Response("{}", { status: 503 }) : undefined;
    await expect(pushEvidence(noNews)).rejects.toThrow(Unreachable);
    expect(uploadProgress()).toMatchObject({ done: 0, total: 1 });
    server.before = () => undefined;
    await pushEvidence(noNews);
    expect(server.bytesUp).toBe(100_000);
  });

  it("sends small photos before large ones, whichever was taken first", async () => {
    const sizes = [9_000, 1_000, 5_000];
    const names = new Map<string, number>();
    for (const size of sizes) names.set(await payout("x".repeat(size)), size);
    await everything();
    expect([...server.evidence.keys()].map((sha256) => names.get(sha256))).toEqual(
      sizes.sort((a, b) => a - b),
    );
  });

  it("lets a payout pass between two pieces of a large photo", async () => {
    await payout("x".repeat(400_000));
    await pushEvents(identity);
    let asked = 0;
    await pushEvidence(async () => ++asked > 2);
    expect(server.bytesUp).toBeGreaterThan(0);
    expect(server.bytesUp).toBeLessThan(400_000);
    expect(server.evidence.size).toBe(0);
    await everything();
    expect(server.evidence.size).toBe(1);
    expect(server.bytesUp).toBe(400_000);
  });

  it("does not send a photo for ever whose bytes the server finds wrong", async () => {
    await payout("one");
    await pushEvents(identity);
    server.before = (method, path) =>
      method === "POST" && path === "/uploads" ? new Response("{}", { status: 422 }) : undefined;
    await pushEvidence(noNews);
    const asked = server.log.length;
    await pushEvidence(noNews);
    expect(server.log.length).toBe(asked);
    expect((await countOutbox()).photos).toBe(1);
  });

  it("lets one event that the server cannot read hold back no other", async () => {
    for (const text of ["one", "two", "three", "four", "five"]) await payout(text);
    server.unreadable.add(3);
    await everything();
    const arrived = [...server.events.values()].map((event) => event.sequence).sort();
    expect(arrived).toEqual([1, 2, 4, 5]);
    expect(await countOutbox()).toMatchObject({ events: 0, refused: 1 });
  });

  it("lets one photo that the server refuses hold back no other", async () => {
    const [bad, good] = [await payout("bad"), await payout("good")];
    await pushEvents(identity);
    let first = true;
    server.before = (method) => {
      if (method !== "POST" || !first) return;
      first = false;
      return new Response("{}", { status: 404 });
    };
    await pushEvidence(noNews);
    expect(server.evidence.has(good)).toBe(true);
    expect((await readEvidence(bad))?.bytes).not.toBeNull();
  });

  it("keeps every photo while receipts are not signed by the server's key", async () => {
    const sha256 = await payout("one");
    identity = { ...identity, server_key: { kid: 1, public_key: "11".repeat(32) } };
    await everything();
    expect(server.evidence.has(sha256)).toBe(true);
    expect((await readEvidence(sha256))?.bytes).not.toBeNull();
  });

  it("turns back to money when a new event arrives among many photos", async () => {
    for (const text of ["one", "two", "three"]) await payout(text);
    await pushEvents(identity);
    let asked = 0;
    await pushEvidence(async () => ++asked > 1);
    expect(server.evidence.size).toBe(1);
  });

  it("waits longer after each failure, but never longer than a minute and a half", () => {
    let delay = 2_000;
    for (let i = 0; i < 20; i++) delay = backoff(delay, 1);
    expect(delay).toBeLessThanOrEqual(75_000);
    expect(backoff(2_000, 0)).toBeLessThan(backoff(2_000, 1));
  });
});

describe("the length of a piece", () => {
  /** Sends without end over a line of this rate that is cut every so often; the share sent twice. */
  function sentTwice(bytesPerSecond: number, roundTripMs: number, cutEveryMs: number): number {
    const pace = new Pace();
    pace.answered(roundTripMs);
    let [now, arrived, sent, nextCut] = [0, 0, 0, cutEveryMs];
    while (now < 3_600_000) {
      const ms = roundTripMs + (pace.bytes / bytesPerSecond) * 1_000;
      if (now + ms > nextCut) {
        const under = Math.max(0, nextCut - now - roundTripMs / 2);
        const carried = Math.min(pace.bytes, (under / 1_000) * bytesPerSecond);
        sent += carried;
        // Only the answer was lost: the next HEAD finds the piece.
        if (carried === pace.bytes) arrived += carried;
        now = nextCut;
        nextCut += cutEveryMs;
        pace.lost();
        continue;
      }
      sent += pace.bytes;
      arrived += pace.bytes;
      pace.arrived(pace.bytes, ms);
      now += ms;
    }
    return (sent - arrived) / arrived;
  }

  it("does not shrink where answers take long and the line is good", () => {
    const pace = new Pace();
    pace.answered(2_500);
    for (let i = 0; i < 20; i++) pace.arrived(pace.bytes, 2_500 + pace.bytes / 50);
    expect(pace.bytes).toBeGreaterThan(50_000);
  });

  it("costs at most a tenth on any line that is cut every twenty seconds", () => {
    for (const kilobits of [32, 64, 128, 400, 2_000, 20_000]) {
      for (const roundTripMs of [50, 400, 800]) {
        expect(sentTwice((kilobits * 1000) / 8, roundTripMs, 20_000)).toBeLessThan(0.1);
      }
    }
  });
});

describe("a phone whose clock is wrong", () => {
  it("learns the server's time from the refusal and signs again", async () => {
    server.checksClock = true;
    server.nowMs = Date.now() - 3 * 24 * 3_600_000;
    await expect(postJson("/events", { events: [] })).resolves.toBeDefined();
    expect(server.log).toHaveLength(2);
    expect(clockErrorMs()).toBeGreaterThan(2 * 24 * 3_600_000);
    expect(Math.abs(correctedNow() - server.nowMs)).toBeLessThan(60_000);
  });
});
