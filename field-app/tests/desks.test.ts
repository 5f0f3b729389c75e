/** Desks join without a network: tickets, releases, acceptances, envelopes, walk-ins. */

import "fake-indexeddb/auto";
import { createHash } from "node:crypto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { deskOfSeal, judgeWalkIn, movesOf, printedCode, rightOf } from "../src/domain/desks";
import { hex } from "../src/domain/encoding";
import { readSlip, signSlip, slipText, type SlipBodies, type SlipKind } from "../src/domain/slips";
import { currentStep, handedOverBody } from "../src/domain/sop";
import { readWorklist, type Lease, type Peer, type Visit } from "../src/domain/worklist";
import { beginHandOver, NotOurs, procedureOf } from "../src/screens/acts";
import { readDesk } from "../src/screens/desk";
import { accept, believe, keepStub, openSeal, release, takeTicket } from "../src/screens/desk-acts";
import { beginWalkIn } from "../src/screens/walk-in";
import { readVisit, readWorklistHead, takeOver } from "../src/store/assignments";
import { closeDatabase } from "../src/store/database";
import { allEvents, bodyOf } from "../src/store/outbox";
import { readProgress, saveProgress } from "../src/store/progress";
import { golden } from "./golden";
import { DEVICE, enrolPhone, fresh, photo, SITI, SITIS_VISIT } from "./cast";

interface GoldenLetters {
  public_keys: Record<string, string>;
  good: {
    address: string;
    name: string;
    claims: { visit: string; total: number; payments: { mark: string; amount: number }[] };
  }[];
}

const LEASE = "019ac5a0-2222-7000-8000-000000000001";
const SESSION = "019ac5a0-3333-7000-8000-000000000001";
const OTHER = "019ac5a0-0000-7000-8000-000000000008";
const papers = { ktp: photo("1", "ktp"), kk: photo("2", "kk") };
const VERIFICATION = "019ac5a0-7777-7000-8000-000000000001";
const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

const group = (more: Partial<Lease> = {}): Lease => ({
  id: LEASE,
  until: "2027-01-01T00:00:00.000Z",
  kind: "group",
  desk: 1,
  role: "all",
  seals: { "2": sha256(`salur-seal|${LEASE}|2|K7QM-2XHD-9RTA`) },
  ...more,
});
const atDesk = (desk: number): Visit => ({ ...SITIS_VISIT, desk });
const peers = (key = ""): Peer[] => [
  { device: OTHER, officer: "2", name: "Yusuf", key, role: "desk", desk: 2 },
];
const none = movesOf([]);

describe("who pays whom in a group of desks", () => {
  const at = (visit: Visit, lease: Lease, moves = none) =>
    rightOf(visit, { lease, moves, peers: peers() });

  it("the home desk pays its families and leaves the others to theirs", () => {
    expect(at(atDesk(1), group())).toEqual({ kind: "here" });
    expect(at(atDesk(2), group())).toEqual({ kind: "other_desk", desk: 2 });
    expect(at(atDesk(2), group({ kind: "device" }))).toEqual({ kind: "here" });
  });

  it("what was given away is paid here no more, until it is taken back", () => {
    const visits = [SITIS_VISIT.id];
    const gave = { kind: "lease_release", body: { visits, to: OTHER } } as const;
    const slip = { bytes: "", signature: "" };
    const took = {
      kind: "lease_accept",
      body: { how: "slip", visits, from: OTHER, slip },
    } as const;
    expect(at(atDesk(1), group(), movesOf([gave]))).toEqual({ kind: "released", to: OTHER });
    expect(at(atDesk(1), group(), movesOf([gave, took]))).toEqual({ kind: "here" });
    expect(at(atDesk(2), group(), movesOf([took]))).toEqual({ kind: "here" });
    expect(at(atDesk(2), group(), movesOf([took, gave])).kind).toBe("released");
  });

  it("a dead desk's envelope moves its families and what was given to it", () => {
    const opened = {
      kind: "lease_accept",
      body: { how: "seal", desk: 2, seal: "K7QM-2XHD-9RTA" },
    } as const;
    const gave = {
      kind: "lease_release",
      body: { visits: [SITIS_VISIT.id], to: OTHER },
    } as const;
    expect(at(atDesk(2), group(), movesOf([opened]))).toEqual({ kind: "here" });
    expect(at(atDesk(3), group(), movesOf([opened]))).toEqual({ kind: "other_desk", desk: 3 });
    expect(at(atDesk(1), group(), movesOf([gave, opened]))).toEqual({ kind: "here" });
  });
});

describe("codes off paper", () => {
  it("are read as printed, however they are typed", async () => {
    expect(printedCode(" k7qm 2xhd-9rta ")).toBe("K7QM-2XHD-9RTA");
    expect(await deskOfSeal(group(), "k7qm2xhd9rta")).toBe(2);
    expect(await deskOfSeal(group(), "K7QM-2XHD-9RTB")).toBeNull();
  });

  it("a walk-in needs the policy, an unused code, and room under both limits", async () => {
    const codes = ["ABCD-EFGH", "JKLM-NPQR"].map((c) => sha256(`salur-unleased|${LEASE}|${c}`));
    const lease = group({ unleased: { most: 2, most_rupiah: 1_000, codes } });
    const before = [{ code: "abcdefgh", total: 600 }];
    const judge = (code: string, total: number, paid = before) =>
      judgeWalkIn({ lease }, code, total, paid);
    expect(await judgeWalkIn({ lease: group() }, "ABCD-EFGH", 1, [])).toBe("not_allowed");
    expect(await judge("jklm npqr", 400)).toBe("ok");
    expect(await judge("jklm npqr", 401)).toBe("too_much");
    expect(await judge("ABCD-EFGH", 400)).toBe("used_code");
    expect(await judge("ABCD-XXXX", 400)).toBe("wrong_code");
    expect(await judge("jklm npqr", 1, [...before, ...before])).toBe("too_many");
  });
});

describe("on this phone", () => {
  let key: CryptoKey;

  async function lease(visit: Visit, more: Partial<Lease> = {}): Promise<void> {
    const pair = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
      "sign",
      "verify",
    ]);
    key = pair.privateKey;
    const raw = hex(new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)));
    const answer = {
      lease: group(more),
      sop: {},
      session: { id: SESSION, name: "Balai Desa", starts: "", ends: "" },
      visits: [visit],
      peers: peers(raw),
      cursor: null,
    };
    await takeOver(readWorklist(answer, 0), true);
  }

  async function from<K extends SlipKind>(slip: K, body: SlipBodies[K], more = {}) {
    const time = "2026-11-30T01:44:02.001Z";
    const whole = { id: LEASE, slip, from: OTHER, to: null, session: SESSION, time, body, ...more };
    const read = readSlip(slipText(await signSlip(whole, key)));
    if (!read) throw new Error("no slip");
    return read;
  }

  const ticket = (): SlipBodies["verified"] => ({
    visit: SITIS_VISIT.id,
    verification: VERIFICATION,
    person: SITI.person_id,
    relation: "self",
    method: "face",
    number: null,
  });

  beforeEach(async () => {
    await closeDatabase();
    globalThis.indexedDB = new IDBFactory();
    await enrolPhone("");
  });

  it("a verifier's ticket leads straight to the cash, and its slip goes into the event", async () => {
    await lease(atDesk(1), { role: "payer" });
    const read = await from("verified", ticket());
    expect(await believe(read)).toMatchObject({ device: OTHER });
    const progress = await takeTicket(read);
    if (typeof progress === "string") throw new Error(progress);
    expect(currentStep(progress, await procedureOf(SITIS_VISIT))).toBe("hand_over");
    await beginHandOver(SITIS_VISIT);
    const begun = await readProgress(SITIS_VISIT.id);
    const body = handedOverBody(begun ?? progress, SITIS_VISIT, "signature", null, null);
    expect(body).toMatchObject({ verification: VERIFICATION, slip: read.signed });
    expect(await takeTicket(read)).toBe("begun");
  });

  it("a ticket of another session, of a stranger, or for a phone without cash is refused", async () => {
    await lease(atDesk(1), { role: "payer" });
    expect(await takeTicket(await from("verified", ticket(), { session: LEASE }))).toBe(
      "other_session",
    );
    const person = SITIS_VISIT.household.id;
    expect(await takeTicket(await from("verified", { ...ticket(), person }))).toBe(
      "unknown_person",
    );
    expect(await believe(await from("verified", ticket(), { from: LEASE }))).toBe("stranger");
    expect(await believe(await from("verified", ticket(), { to: LEASE }))).toBe("not_for_us");
    await lease(atDesk(1), { role: "verifier" });
    expect(await takeTicket(await from("verified", ticket()))).toBe("not_a_payer");
  });

  it("a payer's phone hands over nothing without a ticket", async () => {
    await lease(atDesk(1), { role: "payer" });
    const verification = { event: VERIFICATION, method: "face", verdict: "match" } as const;
    const ready = { ...fresh(), letterAccepted: true, documents: papers, verification };
    await saveProgress(ready);
    await expect(beginHandOver(SITIS_VISIT)).rejects.toBeInstanceOf(NotOurs);
    await lease(atDesk(1), { role: "all" });
    await beginHandOver(SITIS_VISIT);
    expect((await readProgress(SITIS_VISIT.id))?.begun).toBeTruthy();
  });

  it("another desk's family is paid only after release, or against the kept letter", async () => {
    await lease(atDesk(2));
    const verification = { event: VERIFICATION, method: "face", verdict: "match" } as const;
    const ready = { ...fresh(), letterAccepted: true, documents: papers, verification };
    await saveProgress(ready);
    await expect(beginHandOver(atDesk(2))).rejects.toBeInstanceOf(NotOurs);
    await keepStub(ready);
    await beginHandOver(atDesk(2));
    const begun = await readProgress(SITIS_VISIT.id);
    expect(handedOverBody(begun!, SITIS_VISIT, "signature", null, null).stub).toBe(true);
  });

  it("a release is accepted once, however often its code is read", async () => {
    await lease(atDesk(2));
    const read = await from("release", { visits: [SITIS_VISIT.id] }, { to: DEVICE });
    await accept(read);
    await accept(read);
    const accepts = (await allEvents()).filter((event) => event.kind === "lease_accept");
    expect(accepts.map((event) => bodyOf(event))).toEqual([
      { how: "slip", visits: [SITIS_VISIT.id], from: OTHER, slip: read.signed },
    ]);
    expect(rightOf(atDesk(2), await readDesk())).toEqual({ kind: "here" });
  });

  it("what was released cannot be paid here, and what is open cannot be released", async () => {
    await lease(atDesk(1));
    const verification = { event: VERIFICATION, method: "face", verdict: "match" } as const;
    const ready = { ...fresh(), letterAccepted: true, documents: papers, verification };
    await saveProgress(ready);
    await beginHandOver(SITIS_VISIT);
    await expect(release(SITIS_VISIT, OTHER)).rejects.toThrow("open");
    await saveProgress({ ...ready });
    await release(SITIS_VISIT, OTHER);
    await saveProgress(ready);
    await expect(beginHandOver(SITIS_VISIT)).rejects.toBeInstanceOf(NotOurs);
  });

  it("a walk-in is begun with a genuine letter, its name and a code, and paid by its marks", async () => {
    const { good, public_keys } = golden<GoldenLetters>("letters");
    const letter = good[0]!;
    const codes = [sha256(`salur-unleased|${LEASE}|ABCD-EFGH-JKLM`)];
    await lease(atDesk(1), { unleased: { most: 1, most_rupiah: 10_000_000, codes } });
    const head = await readWorklistHead();
    const begin = (name: string, code: string) => beginWalkIn(letter.address, name, code);
    expect(await begin(letter.name, "abcd efgh jklm")).toBe("forged");
    const known = { ...head!, letterKeys: public_keys };
    await takeOver({ worklist: known, visits: [], gone: [SITIS_VISIT.id] }, true);
    expect(await begin("SITI AMINAN", "abcd efgh jklm")).toBe("wrong_name");
    expect(await begin(letter.name, "abcd efgh jkln")).toBe("wrong_code");
    expect(await begin(letter.name, "abcd efgh jklm")).toBeNull();
    const visit = await readVisit(letter.claims.visit);
    const marks = letter.claims.payments.map((payment) => payment.mark);
    expect(visit?.payments.map((payment) => payment.id.slice(-8))).toEqual(marks);
    expect(visit?.total).toBe(letter.claims.total);
    const progress = await readProgress(letter.claims.visit);
    expect(progress?.by?.unleased).toEqual({ letter: letter.address, code: "abcd efgh jklm" });
  });

  it("an envelope is opened once, with the code that is in it", async () => {
    await lease(atDesk(2));
    expect(await openSeal("K7QM-2XHD-9RTB")).toBe("wrong");
    expect(await openSeal("k7qm-2xhd-9rta")).toBe(2);
    expect(await openSeal("K7QM-2XHD-9RTA")).toBe("known");
    expect(rightOf(atDesk(2), await readDesk())).toEqual({ kind: "here" });
  });
});
