import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { trustedTime } from "../src/domain/clock";
import { readWorklist } from "../src/domain/worklist";
import { dropAssignments, readVisits, readWorklistHead, takeOver } from "../src/store/assignments";
import { closeDatabase, database, readSingle } from "../src/store/database";
import { countSealed } from "../src/store/escrow";
import { keepEvidence } from "../src/store/evidence";
import { keepOutboxKey } from "../src/store/identity";
import { append } from "../src/store/outbox";
import { saveProgress } from "../src/store/progress";
import { giveUp, readVaultState } from "../src/store/vault";
import { leaseState } from "../src/sync/expiry";
import { utf8 } from "../src/domain/encoding";
import { enrolPhone, fresh, PLACE, SITIS_VISIT } from "./cast";

const HOUR = 3_600_000;
const NOON = Date.parse("2026-11-30T05:00:00.000Z");
const reading = (unixMs: number, monotonicMs: number) => ({ unixMs, monotonicMs });

describe("trusted time", () => {
  const floor = { ms: NOON, at: reading(NOON, 0) };

  it("goes on by the monotonic clock, however far back the phone's clock is set", () => {
    const now = reading(NOON - 72 * HOUR, 2 * HOUR);
    const time = trustedTime(null, floor, now);
    expect(time).toMatchObject({ ms: NOON + 2 * HOUR, surelyMs: NOON + 2 * HOUR, flagged: true });
  });

  it("after a restart is the later of what was sure and the phone's clock, and flagged", () => {
    const time = trustedTime(null, floor, reading(NOON + 9 * HOUR, 0));
    expect(time).toEqual({ ms: NOON + 9 * HOUR, surelyMs: NOON, flagged: true });
  });

  it("believes the server over a wrong clock, and says so", () => {
    const fix = { serverMs: NOON + HOUR, at: reading(NOON - 30 * HOUR, 10) };
    const later = reading(NOON - 29 * HOUR, HOUR + 10);
    expect(trustedTime(fix, floor, later)).toEqual({
      ms: NOON + 2 * HOUR,
      surelyMs: NOON + 2 * HOUR,
      flagged: false,
    });
    const jumped = reading(NOON + 90 * HOUR, HOUR + 10);
    const time = trustedTime(fix, floor, jumped);
    expect(time.surelyMs).toBe(NOON + 2 * HOUR);
    expect(time.ms).toBeGreaterThan(NOON + 90 * HOUR);
    expect(time.flagged).toBe(true);
  });
});

describe("a lease that is over", () => {
  const lease = { id: "l", until: "2026-11-30T05:00:00.000Z" };
  const answer = (settings = {}) =>
    readWorklist(
      { visits: [SITIS_VISIT], lease, sop: {}, session: null, cursor: "c", settings },
      0,
    );

  beforeEach(async () => {
    await closeDatabase();
    globalThis.indexedDB = new IDBFactory();
    await enrolPhone("00".repeat(32));
  });

  it("may be read until its end and its grace, which the server sets", async () => {
    await takeOver(answer({ grace_hours: 6 }), true);
    const head = await readWorklistHead();
    expect(leaseState(head, NOON - 1)).toBe("live");
    expect(leaseState(head, NOON + 6 * HOUR - 1)).toBe("grace");
    expect(leaseState(head, NOON + 6 * HOUR)).toBe("over");
    await takeOver(answer(), true);
    expect(leaseState(await readWorklistHead(), NOON + 23 * HOUR)).toBe("grace");
  });

  it("is forgotten, but for a hand-over under way", async () => {
    await takeOver(answer(), true);
    await saveProgress({ ...fresh(), begun: "b" });
    expect(await dropAssignments()).toBe(false);
    expect(await readVisits()).toHaveLength(1);
  });

  it("is forgotten whole where nothing is under way", async () => {
    await takeOver(answer(), true);
    expect(await dropAssignments()).toBe(true);
    expect(await readVisits()).toEqual([]);
    expect(await (await database()).count("visits")).toBe(0);
  });
});

describe("wiping", () => {
  const KEY =
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296" +
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";

  it("takes the key and every record, and leaves what the server alone can read", async () => {
    await closeDatabase();
    globalThis.indexedDB = new IDBFactory();
    await enrolPhone("00".repeat(32));
    expect(await keepOutboxKey({ kid: 1, public_key: KEY })).toBe(true);
    const picture = await keepEvidence(utf8("a face"), "face", "image/jpeg");
    const body = { code: "absent", note: "", evidence: [picture] };
    await append({ kind: "attempt_failed", body, place: PLACE });
    await giveUp("wiped");
    expect(await readVaultState()).toBe("wiped");
    const db = await database();
    for (const store of ["visits", "progress", "events", "evidence", "papers"] as const) {
      expect(await db.count(store), store).toBe(0);
    }
    expect(await readSingle("vault")).toBeNull();
    expect(await countSealed()).toMatchObject({ events: 1, pictures: 1 });
    await giveUp("enrol_anew");
    expect(await readVaultState()).toBe("new");
    expect(await countSealed()).toMatchObject({ events: 1, pictures: 1 });
  });
});
