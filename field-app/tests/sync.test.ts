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
import { fetchReceipts, pushEvents, pushEvidence } from "../src/sync/push";
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
  server = new FakeServer();
  await server.start();
  await enrolPhone(server.publicKeyHex);
  identity = (await readSingle("identity")) as Identity;
});

describe("sending", () => {
  it("sends small events before big photos, and is done when a receipt lists both", async () => {
    const sha256 = await payout("one");
    await everything();
    expect(server.log.map((line) => line.split(" ")[0])).toEqual(["POST", "HEAD", "PUT", "POST"]);
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
    server.after = (method) => (method === "PUT" ? cut() : undefined);
    await expect(pushEvidence(noNews)).rejects.toThrow(Unreachable);
    const sent = server.bytesUp;
    server.after = () => undefined;
    await pushEvidence(noNews);
    expect(server.bytesUp).toBe(sent);
    expect((await readEvidence(sha256))?.uploaded).toBe(1);
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
      if (method !== "PUT" || !first) return;
      first = false;
      return new Response("{}", { status: 422 });
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
    await pushEvidence(async () => true);
    expect(server.log.filter((line) => line.startsWith("PUT"))).toHaveLength(1);
  });

  it("waits longer after each failure, but never longer than a minute and a half", () => {
    let delay = 2_000;
    for (let i = 0; i < 20; i++) delay = backoff(delay, 1);
    expect(delay).toBeLessThanOrEqual(75_000);
    expect(backoff(2_000, 0)).toBeLessThan(backoff(2_000, 1));
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
