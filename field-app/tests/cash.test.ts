/** Cash from hand to hand: what is in the bag, and what two phones sign for each other. */

import "fake-indexeddb/auto";
import { IDBFactory } from "fake-indexeddb";
import { beforeEach, describe, expect, it } from "vitest";
import { bagOf, type Movement } from "../src/domain/bag";
import { fromBase64url, hex } from "../src/domain/encoding";
import { offerIn, proofTrouble, type Giving } from "../src/domain/passing";
import { isSignedBy, readSlip, signSlip, slipText, type SlipBodies } from "../src/domain/slips";
import { readWorklist, type Peer } from "../src/domain/worklist";
import {
  cancelGiving,
  endGiving,
  givingCode,
  mayBeGiven,
  startGiving,
  takeCash,
  takenCode,
} from "../src/screens/cash/acts";
import { openGiving, readBag } from "../src/screens/cash-in-hand";
import { takeOver } from "../src/store/assignments";
import { closeDatabase } from "../src/store/database";
import { saveGiving } from "../src/store/giving";
import { allEvents, bodyOf } from "../src/store/outbox";
import { DEVICE, enrolPhone } from "./cast";

const OTHER = "019ac5a0-0000-7000-8000-000000000008";
const sari: Peer = {
  device: OTHER,
  officer: "2",
  name: "Sari",
  key: "",
  role: "officer",
  desk: null,
};
const float = (total: number, ...notes: [number, number][]): Movement => ({
  kind: "float",
  total,
  notes,
});
const handed = (total: number): Movement => ({ kind: "handed", total, notes: null });

describe("what should be in the bag", () => {
  const bundle = float(2_000_000, [100_000, 15], [50_000, 10]);

  it("is exact in rupiah, over floats, families, and cash given and taken", () => {
    const bag = bagOf([
      bundle,
      handed(825_000),
      { kind: "given", total: 500_000, notes: [[100_000, 5]] },
      { kind: "taken", total: 20_000, notes: [[20_000, 1]] },
      float(1_000_000, [100_000, 10]),
      { kind: "returned", total: 100_000, notes: [[100_000, 1]] },
    ]);
    expect(bag).toMatchObject({ accepted: 3_000_000, handed: 825_000, families: 1 });
    expect(bag).toMatchObject({ given: 500_000, taken: 20_000, returned: 100_000 });
    expect(bag.expected).toBe(1_595_000);
  });

  it("is told by notes as long as families can have been paid exactly from them", () => {
    expect(bagOf([bundle, handed(750_000)]).notes).toEqual([
      [100_000, 8],
      [50_000, 9],
    ]);
    const broken = bagOf([bundle, handed(825_000)]);
    expect(broken.notes).toBeNull();
    expect(broken.expected).toBe(1_175_000);
  });
});

describe("cash between two phones", () => {
  let key: Awaited<ReturnType<typeof enrolPhone>>;
  let others: CryptoKeyPair;

  beforeEach(async () => {
    await closeDatabase();
    globalThis.indexedDB = new IDBFactory();
    key = await enrolPhone("00");
    others = (await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
      "sign",
      "verify",
    ])) as CryptoKeyPair;
    const raw = await crypto.subtle.exportKey("raw", others.publicKey);
    const answer = { peers: [{ ...sari, key: hex(new Uint8Array(raw)) }], cursor: null };
    await takeOver(readWorklist(answer, 0), true);
  });

  const signedBy = async (slip: "cash_give" | "cash_take", body: SlipBodies["cash_give"]) => {
    const signed = await signSlip(
      {
        id: OTHER,
        slip,
        from: OTHER,
        to: DEVICE,
        session: null,
        time: "2026-11-30T01:41:07.123Z",
        body,
      },
      others.privateKey,
    );
    const read = readSlip(slipText(signed));
    if (!read) throw new Error("no slip");
    return read;
  };
  const giving = async (): Promise<Giving> => {
    await startGiving(sari, [[100_000, 3]]);
    const open = await openGiving();
    if (!open) throw new Error("nothing is being given");
    return open;
  };

  it("is kept before its code is shown, asked about until it is known, and signed once", async () => {
    const open = await giving();
    const read = readSlip(await givingCode(open));
    const { x, y } = key.publicKey;
    const raw = `04${hex(fromBase64url(x))}${hex(fromBase64url(y))}`;
    expect(read && (await isSignedBy(read, raw))).toBe(true);
    expect(read?.slip).toMatchObject({ slip: "cash_give", from: DEVICE, to: OTHER });
    const proof = await signedBy("cash_take", { ...open });
    expect(proofTrouble(proof, open)).toBeNull();
    await endGiving(open, proof.signed);
    const [event] = await allEvents();
    expect(event && bodyOf<"cash_transfer">(event)).toMatchObject({
      transfer: open.transfer,
      direction: "give",
      peer: OTHER,
      total: 300_000,
      slip: proof.signed,
    });
    await saveGiving(open); // The phone went off between the event and its note.
    expect(await openGiving()).toBeNull();
    expect((await readBag()).given).toBe(300_000);
  });

  it("that comes back into the bag was never signed", async () => {
    await giving();
    await cancelGiving();
    expect(await openGiving()).toBeNull();
    expect(await allEvents()).toEqual([]);
  });

  it("is proven only by a code for the same transfer and the same sum", async () => {
    const open = await giving();
    const body = { transfer: open.transfer, total: open.total, notes: open.notes };
    const other = await signedBy("cash_take", { ...body, transfer: OTHER });
    const less = await signedBy("cash_take", { ...body, total: 200_000 });
    expect(proofTrouble(other, open)).toBe("other_transfer");
    expect(proofTrouble(less, open)).toBe("other_sum");
  });

  it("is taken once, however often its code is read, and the answer names it", async () => {
    const notes = [[50_000, 4]] as const;
    const read = await signedBy("cash_give", { transfer: OTHER, total: 200_000, notes });
    const offer = offerIn(read);
    if (!offer) throw new Error("no offer");
    await takeCash(offer, read);
    await takeCash(offer, read);
    const events = await allEvents();
    expect(events).toHaveLength(1);
    expect(readSlip(await takenCode(offer))?.slip).toMatchObject({
      slip: "cash_take",
      to: OTHER,
      body: { transfer: OTHER, total: 200_000 },
    });
    expect((await readBag()).expected).toBe(200_000);
  });

  it("whose notes do not make its sum is no offer", async () => {
    const notes = [[50_000, 3]] as const;
    expect(
      offerIn(await signedBy("cash_give", { transfer: OTHER, total: 200_000, notes })),
    ).toBeNull();
  });

  it("goes to officers with a phone of their own, never to companions or oneself", () => {
    const peers: Peer[] = [
      sari,
      { ...sari, device: "c", role: "companion" },
      { ...sari, device: "k", role: "cashier" },
      { ...sari, device: "me", officer: "1" },
    ];
    expect(mayBeGiven(peers, DEVICE, "1")).toEqual([sari]);
  });
});
