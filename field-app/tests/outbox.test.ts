import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { fromBase64url, fromUtf8, hex, utf8 } from "../src/domain/encoding";
import type { EvidenceKind } from "../src/domain/events";
import { readWorklist } from "../src/domain/worklist";
import { keepFound, readVisit, takeOver } from "../src/store/assignments";
import { closeDatabase, type StoredEvent } from "../src/store/database";
import {
  applyReceipt,
  dropEvidence,
  keepEvidence,
  markUploaded,
  readEvidence,
  toUpload,
} from "../src/store/evidence";
import {
  allEvents,
  append,
  awaitingReceipt,
  countOutbox,
  markAnswered,
  onTheWire,
  unsent,
} from "../src/store/outbox";
import { cashOf } from "../src/screens/cash-in-hand";
import { firstInDoubt, readProgress, saveProgress } from "../src/store/progress";
import { DEVICE, enrolPhone, fresh, PLACE, SITIS_VISIT } from "./cast";

const receiptFor = (events: StoredEvent[], evidence: string[]) => ({
  device: DEVICE,
  events: events.map((event) => event.hash),
  evidence,
  time: "2026-11-30T01:44:02.001Z",
});

const picture = (text: string, kind: EvidenceKind = "face") =>
  keepEvidence(utf8(text), kind, "image/jpeg");

async function attempt(evidence: Awaited<ReturnType<typeof picture>>[] = []): Promise<StoredEvent> {
  const body = { code: "absent", note: "", evidence };
  return append({ kind: "attempt_failed", body, place: PLACE });
}

let publicKey: JsonWebKey;

beforeEach(async () => {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
  publicKey = (await enrolPhone("00".repeat(32))).publicKey;
});

describe("the outbox", () => {
  it("signs each event and chains it to the one before", async () => {
    const [first, second] = [await attempt(), await attempt()];
    const parsed = JSON.parse(fromUtf8(second.bytes)) as { sequence: number; previous: string };
    expect(parsed).toMatchObject({ sequence: 2, previous: first.hash });
    const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", second.bytes));
    expect(hex(digest)).toBe(second.hash);
    const algorithm = { name: "ECDSA", namedCurve: "P-256" };
    const key = await crypto.subtle.importKey("jwk", publicKey, algorithm, false, ["verify"]);
    const wire = onTheWire(second);
    const good = await crypto.subtle.verify(
      { name: "ECDSA", hash: "SHA-256" },
      key,
      fromBase64url(wire.signature),
      fromBase64url(wire.bytes),
    );
    expect(good).toBe(true);
  });

  it("gives a hundred events at once a hundred places in the chain", async () => {
    await Promise.all(Array.from({ length: 100 }, () => attempt()));
    const events = await allEvents();
    expect(events.map((event) => event.sequence)).toEqual(events.map((_, i) => i + 1));
    let previous: string | null = null;
    for (const event of events) {
      const parsed = JSON.parse(fromUtf8(event.bytes)) as { previous: string | null };
      expect(parsed.previous).toBe(previous);
      previous = event.hash;
    }
  });

  it("writes the event and where the hand-over stands together or not at all", async () => {
    await saveProgress(fresh());
    const event = await append({
      kind: "hand_over_begun",
      body: { payments: [], total: 825_000 },
      place: PLACE,
      progress: (begun) => ({ ...fresh(), begun }),
    });
    expect((await readProgress(SITIS_VISIT.id))?.begun).toBe(event.event_id);
    expect((await firstInDoubt())?.visit).toBe(SITIS_VISIT.id);

    const broken = append({
      kind: "hand_over_cancelled",
      body: { begun: event.event_id, reason: "other" },
      place: PLACE,
      progress: () => ({ ...fresh(), startedAt: (() => 0) as unknown as number }),
    });
    await expect(broken).rejects.toThrow();
    expect(await allEvents()).toHaveLength(1);
    expect((await readProgress(SITIS_VISIT.id))?.begun).toBe(event.event_id);
  });

  it("keeps the device key where nobody can copy it", async () => {
    const key = (await enrolPhone("00")).privateKey;
    expect(key.extractable).toBe(false);
    await expect(crypto.subtle.exportKey("jwk", key)).rejects.toThrow();
  });

  it("keeps what the server has not answered, and what it keeps apart it does not send again", async () => {
    const [first, second] = [await attempt(), await attempt()];
    await markAnswered([{ event_id: first.event_id, state: "refused", code: "bad_signature" }]);
    expect((await unsent(10)).map((event) => event.event_id)).toEqual([second.event_id]);
    expect(await countOutbox()).toEqual({ events: 1, photos: 0, refused: 1 });
  });
});

describe("a photo", () => {
  it("is on the disk before its event, and is sent only once an event names it", async () => {
    const reference = await picture("a face");
    expect(await toUpload()).toEqual([]);
    await attempt([reference]);
    expect((await toUpload()).map((file) => file.sha256)).toEqual([reference.sha256]);
  });

  it("taken again is forgotten, unless an event names it", async () => {
    const [loose, named] = [await picture("blurred"), await picture("sharp")];
    await attempt([named]);
    await dropEvidence(loose);
    await dropEvidence(named);
    expect(await readEvidence(loose.sha256)).toBeUndefined();
    expect(await readEvidence(named.sha256)).toBeDefined();
  });

  it("is let go of only on a receipt that lists its event and every file of it", async () => {
    const [face, card] = [await picture("face"), await picture("card", "ktp")];
    const event = await attempt([face, card]);
    await markAnswered([{ event_id: event.event_id, state: "received", code: null }]);
    await markUploaded(face.sha256);
    await markUploaded(card.sha256);

    expect(await applyReceipt(receiptFor([], [face.sha256, card.sha256]))).toBe(0);
    expect((await readEvidence(face.sha256))?.bytes).not.toBeNull();

    expect(await applyReceipt(receiptFor([event], [face.sha256]))).toBe(0);
    expect((await readEvidence(face.sha256))?.bytes).not.toBeNull();
    expect((await awaitingReceipt()).length).toBe(1);

    expect(await applyReceipt(receiptFor([event], [face.sha256, card.sha256]))).toBe(1);
    expect((await readEvidence(face.sha256))?.bytes).toBeNull();
    expect(await countOutbox()).toEqual({ events: 0, photos: 0, refused: 0 });
  });

  it("that the server lost after it was sent is sent again", async () => {
    const face = await picture("face");
    const event = await attempt([face]);
    await markUploaded(face.sha256);
    await applyReceipt(receiptFor([event], []));
    expect((await toUpload()).map((file) => file.sha256)).toEqual([face.sha256]);
  });
});

describe("the worklist", () => {
  const answer = (visits: unknown[]) =>
    readWorklist({ visits, lease: null, sop: {}, session: null, cursor: "c" }, 0);

  it("replaced by a whole answer keeps a family whose hand-over is under way, at its amount", async () => {
    await takeOver(answer([SITIS_VISIT]), true);
    await saveProgress({ ...fresh(), begun: "b" });
    await takeOver(answer([]), true);
    expect(await readVisit(SITIS_VISIT.id)).toEqual(SITIS_VISIT);
    await takeOver(answer([{ ...SITIS_VISIT, total: 600_000 }]), false);
    expect((await readVisit(SITIS_VISIT.id))?.total).toBe(825_000);
  });

  it("remembers what a paid family received when the server lists nothing more to pay", async () => {
    await takeOver(answer([SITIS_VISIT]), true);
    await takeOver(answer([{ ...SITIS_VISIT, status: "paid", payments: [], total: 0 }]), false);
    const visit = await readVisit(SITIS_VISIT.id);
    expect(visit).toMatchObject({ status: "paid", total: 825_000 });
  });

  it("marks a family that was only found by search, and never one that is leased", async () => {
    await keepFound(SITIS_VISIT);
    expect((await readVisit(SITIS_VISIT.id))?.unleased).toBe(true);
    await takeOver(answer([SITIS_VISIT]), true);
    await keepFound(SITIS_VISIT);
    expect((await readVisit(SITIS_VISIT.id))?.unleased).toBeUndefined();
  });

  it("never shows a row without an amount as something to pay", () => {
    const rows = answer([{ id: "x", total: "825000" }, { total: 1 }, SITIS_VISIT]).visits;
    expect(rows.map((visit) => visit.id)).toEqual([SITIS_VISIT.id]);
  });
});

describe("the bag", () => {
  const take = (float_id: string, total: number) =>
    append({
      kind: "cash_transfer",
      body: { float_id, direction: "accept", notes: [[100_000, total / 100_000]], total },
      place: { ...PLACE, visit: null },
    });
  const pay = (total: number) =>
    append({
      kind: "handed_over",
      body: {
        begun: "b",
        verification: "v",
        payments: [],
        total,
        collector: { person_id: "p", relation: "self" },
        receipt_mark: "signature",
        evidence: [],
      },
      place: PLACE,
    });

  it("holds what was accepted less what was handed over, of advances that are still open", async () => {
    await take("yesterday", 5_000_000);
    await pay(800_000);
    await take("today", 2_000_000);
    await pay(600_000);
    const bag = cashOf(await allEvents(), new Set(["today"]));
    expect(bag).toMatchObject({ accepted: 2_000_000, handed: 600_000, families: 1 });
    expect(bag.expected).toBe(1_400_000);
  });

  it("expects nothing where no advance is open", async () => {
    await take("yesterday", 5_000_000);
    expect(cashOf(await allEvents(), new Set()).accepted).toBe(0);
  });
});
