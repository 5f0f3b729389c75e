import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { openDB } from "idb";
import { beforeEach, describe, expect, it } from "vitest";
import { fromBase64url, fromUtf8, hex, utf8, type Bytes } from "../src/domain/encoding";
import { PIN_ROUNDS, unlockAnswer, importUnlockSecret } from "../src/domain/sealing";
import { readWorklist } from "../src/domain/worklist";
import { readVisits, takeOver } from "../src/store/assignments";
import { closeDatabase, database, readSingle } from "../src/store/database";
import { countSealed, undelivered } from "../src/store/escrow";
import { applyReceipt, keepEvidence, readEvidence, toUpload } from "../src/store/evidence";
import { keepOutboxKey, makeDeviceKey, readIdentity } from "../src/store/identity";
import { allEvents, append, unsent } from "../src/store/outbox";
import { readProgress, saveProgress } from "../src/store/progress";
import { closeRecords, read } from "../src/store/records";
import {
  answerChallenge,
  challenge,
  changePin,
  createVault,
  damaged,
  delayAfter,
  keepUnlockSecret,
  lock,
  MOST_TRIES,
  pinIsTooSimple,
  readVaultState,
  unlock,
} from "../src/store/vault";
import { DEVICE, enrolPhone, FEW_ROUNDS, fresh, PIN, PLACE, SITIS_VISIT } from "./cast";

const JPEG = utf8("\u00ff\u00d8 a face, as a camera gives it");
const WRONG = "111222";

const answer = (visits: unknown[]) =>
  readWorklist({ visits, lease: null, sop: {}, session: null, cursor: "c" }, 0);

const attempt = (evidence: Awaited<ReturnType<typeof keepEvidence>>[] = []) =>
  append({ kind: "attempt_failed", body: { code: "absent", note: "", evidence }, place: PLACE });

/** The server's half: makes a key pair and opens what was sealed to it. */
async function serverKey() {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const pair = await crypto.subtle.generateKey(curve, true, ["deriveBits"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const open = async (item: { envelope: Record<string, unknown>; data: Bytes }): Promise<Bytes> => {
    const { epk, key, name } = item.envelope as Record<string, string>;
    const ephemeral = fromBase64url(epk ?? "");
    const theirs = await crypto.subtle.importKey("raw", ephemeral, curve, false, []);
    const bits = await crypto.subtle.deriveBits(
      { name: "ECDH", public: theirs },
      pair.privateKey,
      256,
    );
    const base = await crypto.subtle.importKey("raw", bits, "HKDF", false, ["deriveKey"]);
    const salt = new Uint8Array([...ephemeral, ...point]);
    const info = utf8("salur-outbox-1");
    const aes = { name: "AES-GCM", length: 256 };
    const hkdf = { name: "HKDF", hash: "SHA-256", salt, info };
    const wrapping = await crypto.subtle.deriveKey(hkdf, base, aes, false, ["decrypt"]);
    const plain = async (with_: CryptoKey, sealed: Bytes): Promise<Bytes> => {
      const iv = sealed.slice(0, 12);
      const algorithm = { name: "AES-GCM", iv, additionalData: utf8(name ?? "") };
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, with_, sealed.slice(12)));
    };
    const item_key = await plain(wrapping, fromBase64url(key ?? ""));
    return plain(
      await crypto.subtle.importKey("raw", item_key, aes, false, ["decrypt"]),
      item.data,
    );
  };
  return { public: { kid: 1, public_key: hex(point) }, open };
}

/** Every byte and every text that lies on the phone's disk. */
async function onDisk(): Promise<string> {
  const db = await database();
  const found: string[] = [];
  const walk = (value: unknown): void => {
    if (value instanceof Uint8Array) found.push(fromUtf8(value as Bytes));
    else if (value instanceof ArrayBuffer) found.push(fromUtf8(new Uint8Array(value)));
    else if (typeof value === "string") found.push(value);
    else if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) {
        found.push(key);
        walk(inner);
      }
    }
  };
  for (const store of db.objectStoreNames) {
    walk(await db.getAllKeys(store));
    walk(await db.getAll(store));
  }
  return found.join("\n");
}

beforeEach(async () => {
  await closeDatabase();
  globalThis.indexedDB = new IDBFactory();
  await enrolPhone("00".repeat(32));
});

describe("at rest", () => {
  it("no name, number, address or picture lies on the disk, and all are there with the PIN in", async () => {
    await takeOver(answer([SITIS_VISIT]), true);
    await saveProgress(fresh());
    const picture = await keepEvidence(JPEG, "face", "image/jpeg");
    await attempt([picture]);
    const disk = await onDisk();
    for (const secret of ["SITI", "AMINAH", "Talang", "RIFAI", "0931", "4417", "camera gives"]) {
      expect(disk, secret).not.toContain(secret);
    }
    expect(disk).not.toContain("Rina Wati");
    expect(disk).not.toContain("attempt_failed");
    expect((await readVisits())[0]?.recipient.name).toBe("SITI AMINAH");
    expect(new Uint8Array((await readEvidence(picture.sha256))?.bytes ?? [])).toEqual(JPEG);
  });

  it("a restart shows nothing without the PIN and everything with it", async () => {
    await takeOver(answer([SITIS_VISIT]), true);
    await saveProgress(fresh());
    const event = await attempt();
    await lock();
    expect(await readVaultState()).toBe("locked");
    expect(await readVisits()).toEqual([]);
    expect(await readIdentity()).toBeNull();
    await expect(attempt()).rejects.toThrow("PIN");

    expect(await unlock(PIN)).toEqual({ as: "open" });
    expect(await readVisits()).toEqual([SITIS_VISIT]);
    expect(await readProgress(SITIS_VISIT.id)).toEqual(fresh());
    expect(await allEvents()).toEqual([event]);
    expect((await readIdentity())?.officer.name).toBe("Rina Wati");
    expect((await attempt()).sequence).toBe(2);
  });

  it("a record moved to another's place does not open, and keeps no other from opening", async () => {
    const other = { ...SITIS_VISIT, id: "019ac5a0-1111-7000-8000-000000000043" };
    await takeOver(answer([SITIS_VISIT, other]), true);
    const db = await database();
    const row = await db.get("visits", SITIS_VISIT.id);
    await db.put("visits", { ...row!, id: other.id });
    await lock();
    await unlock(PIN);
    expect(damaged()).toBe(1);
    expect((await readVisits()).map((visit) => visit.id)).toEqual([SITIS_VISIT.id]);
  });

  it("stretches the PIN as long as OWASP asks, and mixes in a secret that cannot be exported", async () => {
    expect(PIN_ROUNDS).toBeGreaterThanOrEqual(600_000);
    const row = await readSingle("vault");
    expect(row?.secret.extractable).toBe(false);
    await closeDatabase();
    globalThis.indexedDB = new IDBFactory();
    closeRecords();
    await createVault(PIN);
    expect((await readSingle("vault"))?.rounds).toBe(PIN_ROUNDS);
  });

  it("the PIN can be changed by who knows the old one, and nothing is sealed anew", async () => {
    await takeOver(answer([SITIS_VISIT]), true);
    await expect(changePin(WRONG, "852963")).rejects.toThrow();
    await changePin(PIN, "852963");
    await lock();
    expect((await unlock(PIN)).as).toBe("wrong");
    expect((await unlock("852963")).as).toBe("open");
    expect(await readVisits()).toEqual([SITIS_VISIT]);
  });

  it("refuses the PINs that everybody tries first", () => {
    for (const pin of ["000000", "123456", "654321", "456789"]) {
      expect(pinIsTooSimple(pin), pin).toBe(true);
    }
    expect(pinIsTooSimple(PIN)).toBe(false);
  });
});

describe("a wrong PIN", () => {
  it("costs twice the time of the one before, once the free tries are used up", async () => {
    await lock();
    expect(await unlock(WRONG)).toMatchObject({ as: "wrong", waitMs: 0 });
    expect(await unlock(WRONG)).toMatchObject({ as: "wrong", waitMs: 0 });
    const third = await unlock(WRONG);
    expect(third).toMatchObject({ as: "wrong", waitMs: delayAfter(3) });
    expect((await unlock(PIN)).as).toBe("waiting");
    expect(delayAfter(5)).toBe(4 * delayAfter(3));
  });

  it("ends after many tries with a call to the supervisor, whose digits work without a network", async () => {
    const secret = "c2FsdXItdGVzdC1zZWNyZXQtb2YtMzItYnl0ZXMhISE";
    await keepUnlockSecret(secret);
    await takeOver(answer([SITIS_VISIT]), true);
    await lock();
    const db = await database();
    const used = { count: MOST_TRIES, challenge: null };
    await db.put("single", { name: "wrong_pins", value: used });
    expect((await unlock(PIN)).as).toBe("needs_supervisor");
    const asked = await challenge();
    expect(await challenge()).toBe(asked);
    expect(await answerChallenge("00000000")).toBe(false);
    const right = await unlockAnswer(await importUnlockSecret(secret), asked);
    expect(await answerChallenge(right.replace(/(....)/, "$1 "))).toBe(true);
    expect((await unlock(PIN)).as).toBe("open");
    expect(await readVisits()).toEqual([SITIS_VISIT]);
  });
});

describe("the sealed outbox", () => {
  it("can be read by the server without the PIN, and by nobody else on the phone", async () => {
    const server = await serverKey();
    await keepOutboxKey(server.public);
    const picture = await keepEvidence(JPEG, "face", "image/jpeg");
    const event = await attempt([picture]);
    await lock();
    const items = [];
    for await (const item of undelivered()) items.push(item);
    expect(items.map((item) => item.envelope.name)).toEqual([
      `event|${DEVICE}|${event.event_id}`,
      `photo|${DEVICE}|${picture.sha256}`,
    ]);
    const [first, second] = items as never as Parameters<typeof server.open>[0][];
    const wire = JSON.parse(fromUtf8(await server.open(first!))) as Record<string, string>;
    expect(fromBase64url(wire["bytes"] ?? "")).toEqual(event.bytes);
    expect(wire["signature"]).toBe(event.signature);
    expect(await server.open(second!)).toEqual(JPEG);
  });

  it("is emptied by the signed receipt alone", async () => {
    await keepOutboxKey((await serverKey()).public);
    const picture = await keepEvidence(JPEG, "face", "image/jpeg");
    const event = await attempt([picture]);
    expect(await countSealed()).toMatchObject({ events: 1, pictures: 1 });
    await applyReceipt({
      device: DEVICE,
      events: [event.hash],
      evidence: [picture.sha256],
      time: "",
    });
    expect(await countSealed()).toEqual({ events: 0, pictures: 0, bytes: 0 });
  });
});

describe("a phone of the version before", () => {
  /** As version 1 of the app left it: in the open, with a full outbox. */
  async function olderPhone(payouts: number) {
    await closeDatabase();
    globalThis.indexedDB = new IDBFactory();
    closeRecords();
    const key = await makeDeviceKey();
    const db = await openDB("salur", 1, {
      upgrade(db) {
        db.createObjectStore("single", { keyPath: "name" });
        db.createObjectStore("visits", { keyPath: "id" });
        db.createObjectStore("progress", { keyPath: "visit" });
        const events = db.createObjectStore("events", { keyPath: "event_id" });
        events.createIndex("sequence", "sequence", { unique: true });
        events.createIndex("open", "open");
        events.createIndex("visit", "visit");
        const evidence = db.createObjectStore("evidence", { keyPath: "sha256" });
        evidence.createIndex("uploaded", "uploaded");
      },
    });
    const identity = {
      device_id: DEVICE,
      device_name: "Loket 2",
      officer: { id: "1", name: "Rina Wati", nip: "199001" },
      office: { code: "PLG", name: "KC Palembang", zone: "Asia/Jakarta" },
      server_key: { kid: 1, public_key: "00" },
      private_key: key.privateKey,
      enrolled_at: 0,
    };
    await db.put("single", { name: "identity", value: identity });
    await db.put("single", { name: "chain", value: { sequence: payouts, previous: "ab" } });
    await db.put("single", { name: "worklist", value: answer([]).worklist });
    await db.put("visits", SITIS_VISIT);
    await db.put("progress", fresh());
    for (let i = 1; i <= payouts; i += 1) {
      const bytes = utf8(JSON.stringify({ body: { note: `SITI ${i}` } }));
      const sha256 = String(i).padStart(64, "0");
      await db.put("events", {
        event_id: `event-${i}`,
        sequence: i,
        kind: "handed_over",
        visit: SITIS_VISIT.id,
        hash: `hash-${i}`,
        bytes,
        signature: `signature-${i}`,
        evidence: [{ sha256, length: 5, kind: "face" }],
        stored_at: i,
        state: "saved",
        code: null,
        open: 1,
      });
      await db.put("evidence", {
        sha256,
        kind: "face",
        length: 5,
        media_type: "image/jpeg",
        bytes: utf8(`photo of SITI ${i}`).buffer,
        stored_at: i,
        event_id: `event-${i}`,
        uploaded: 0,
      });
    }
    db.close();
  }

  it("loses nothing of a full outbox: every event, picture and step is there, sealed", async () => {
    await olderPhone(40);
    expect(await readVaultState()).toBe("needs_pin");
    await createVault(PIN, FEW_ROUNDS);
    const events = await unsent(100);
    expect(events.map((event) => event.signature)).toEqual(
      Array.from({ length: 40 }, (_, i) => `signature-${i + 1}`),
    );
    expect(await toUpload()).toHaveLength(40);
    const bytes = (await readEvidence("7".padStart(64, "0")))?.bytes;
    expect(fromUtf8(new Uint8Array(bytes ?? []))).toBe("photo of SITI 7");
    expect(await readVisits()).toEqual([SITIS_VISIT]);
    expect((await readIdentity())?.officer.name).toBe("Rina Wati");
    expect((await attempt()).sequence).toBe(41);
    const disk = await onDisk();
    expect(disk).not.toContain("SITI");
    expect(disk).not.toContain("Rina");
  });

  it("seals to the server what was kept before, as soon as it knows the server's key", async () => {
    await olderPhone(3);
    await createVault(PIN, FEW_ROUNDS);
    expect(await countSealed()).toMatchObject({ events: 0, pictures: 0 });
    const { sealWhatIsOpen } = await import("../src/store/escrow");
    expect(await keepOutboxKey((await serverKey()).public)).toBe(true);
    await sealWhatIsOpen();
    expect(await countSealed()).toMatchObject({ events: 3, pictures: 3 });
    expect((await readEvidence("2".padStart(64, "0")))?.bytes).not.toBeNull();
  });

  it("that died half-way through sealing goes on where it stopped", async () => {
    await olderPhone(10);
    await createVault(PIN, FEW_ROUNDS);
    const db = await database();
    const row = (await readSingle("vault"))!;
    await db.put("single", { name: "vault", value: { ...row, all_sealed: false } });
    const kept = read("events", "event-4")!;
    await db.put("events", kept as never);
    await lock();
    await unlock(PIN);
    expect(await unsent(100)).toHaveLength(10);
    expect(await onDisk()).not.toContain("SITI");
  });
});
