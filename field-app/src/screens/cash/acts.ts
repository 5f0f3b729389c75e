/** Cash from one officer to another: what each tap does, on the disk before the screen goes on. */

import { correctedNow } from "../../device/clock";
import type { SignedSlip } from "../../domain/events";
import { uuid7 } from "../../domain/ids";
import { totalOf, type Notes } from "../../domain/money";
import type { Giving } from "../../domain/passing";
import type { ReadSlip } from "../../domain/slips";
import type { Peer } from "../../domain/worklist";
import { allEvents, bodyOf } from "../../store/outbox";
import { saveGiving } from "../../store/giving";
import { write } from "../acts";
import { showSlip } from "../desk-acts";

/** Who may be given cash: officers of this desk group or office, on a phone of their own. */
export const mayBeGiven = (peers: readonly Peer[], self: string, officer: string): Peer[] =>
  peers.filter(
    (peer) =>
      (peer.role === "officer" || peer.role === "desk") &&
      peer.device !== self &&
      peer.officer !== officer,
  );

/** Kept before the code is shown: from then on the notes may have left the bag. */
export async function startGiving(peer: Peer, notes: Notes): Promise<void> {
  const transfer = uuid7(correctedNow(), crypto.getRandomValues(new Uint8Array(10)));
  await saveGiving({ transfer, peer: peer.device, notes, total: totalOf(notes) });
}

export const givingCode = (giving: Giving): Promise<string> =>
  showSlip("cash_give", giving.peer, {
    transfer: giving.transfer,
    total: giving.total,
    notes: giving.notes,
  });

/** The other has the notes: signed, with the other's signature where their code was read. */
export async function endGiving(giving: Giving, proof: SignedSlip | null): Promise<void> {
  const { transfer, peer, notes, total } = giving;
  const body = { transfer, direction: "give", peer, notes, total, slip: proof } as const;
  await write("cash_transfer", body, null);
  await saveGiving(null);
}

/** The notes are back in the bag; nothing was signed. */
export const cancelGiving = (): Promise<void> => saveGiving(null);

/** Takes cash once, however often its code is read. */
export async function takeCash(offer: Giving, read: ReadSlip): Promise<void> {
  if ((await takenCash()).some((one) => one.transfer === offer.transfer)) return;
  const body = { ...offer, direction: "take", slip: read.signed } as const;
  await write("cash_transfer", body, null);
}

export const takenCode = (taken: Giving): Promise<string> =>
  showSlip("cash_take", taken.peer, {
    transfer: taken.transfer,
    total: taken.total,
    notes: taken.notes,
  });

/** What this phone has taken from other officers, the newest first. */
export async function takenCash(): Promise<Giving[]> {
  const taken: Giving[] = [];
  for (const event of await allEvents()) {
    if (event.kind !== "cash_transfer") continue;
    const body = bodyOf<"cash_transfer">(event);
    if (body.direction !== "take") continue;
    const { transfer, peer, notes, total } = body;
    taken.unshift({ transfer, peer, notes, total });
  }
  return taken;
}
