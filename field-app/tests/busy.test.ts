import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { utf8 } from "../src/domain/encoding";
import { closeDatabase } from "../src/store/database";
import { keepEvidence } from "../src/store/evidence";
import { append } from "../src/store/outbox";
import { postJson, Unreachable } from "../src/sync/api";
import * as engine from "../src/sync/engine";
import { enrolPhone, PLACE } from "./cast";
import { FakeServer } from "./server";

let server: FakeServer;

const busy = (seconds: string): Response =>
  new Response("{}", { status: 429, headers: { "Retry-After": seconds } });

async function payout(text: string): Promise<void> {
  const file = await keepEvidence(utf8(text), "recipient_photo", "image/jpeg");
  await append({
    kind: "attempt_failed",
    body: { code: "absent", note: text, evidence: [file] },
    place: PLACE,
  });
}

/** Wakes the engine and waits until its turn is over. */
async function turn(): Promise<void> {
  engine.kick();
  await vi.waitFor(() => expect(engine.syncState()).not.toBe("working"), { timeout: 5_000 });
}

const asked = (what: string): number => server.log.filter((line) => line.includes(what)).length;

beforeEach(async () => {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
  server = new FakeServer();
  await server.start();
  await enrolPhone(server.publicKeyHex);
});

describe("a busy server", () => {
  it("is heard when it says when to come back", async () => {
    server.before = () => busy("7");
    const refusal = await postJson("/events", {}).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(Unreachable);
    expect((refusal as Unreachable).retryAfterMs).toBe(7_000);
  });

  it.each(["", "soon", "-1", "1.5"])("is not believed when it says %j", async (text) => {
    server.before = () => busy(text);
    const refusal = await postJson("/events", {}).catch((error: unknown) => error);
    expect((refusal as Unreachable).retryAfterMs).toBeNull();
  });

  it("is never asked earlier than it said, and not by all phones at once", () => {
    expect(engine.pause(2_000, null, 0.5)).toBe(2_000);
    expect(engine.pause(2_000, 30_000, 0)).toBe(30_000);
    expect(engine.pause(2_000, 30_000, 1)).toBe(37_500);
    expect(engine.pause(60_000, 1_000, 1)).toBe(60_000);
  });

  it("gets new events at once although it has no room for photos, and the photos later", async () => {
    server.before = (_, path) => (path.startsWith("/uploads") ? busy("600") : undefined);
    await payout("one");
    await turn();
    expect(server.events.size).toBe(1);
    expect(asked("/uploads")).toBe(1);
    await payout("two");
    await turn();
    expect(server.events.size).toBe(2);
    expect(asked("/uploads")).toBe(1);
  });

  it("is left alone by every new event while it takes none", async () => {
    server.before = (_, path) => (path.startsWith("/events") ? busy("600") : undefined);
    await payout("one");
    await turn();
    await payout("two");
    await turn();
    expect(asked("/events")).toBe(1);
  });
});
