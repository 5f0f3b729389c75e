/**
 * The lock of this phone's records. A random key seals them; it lies here wrapped by a key that the
 * PIN and a secret of this browser make together, and is in memory only while the PIN is in.
 */

import type { Bytes } from "../domain/encoding";
import {
  importAes,
  importUnlockSecret,
  keyOfPin,
  makeDeviceSecret,
  PIN_ROUNDS,
  seal,
  unlockAnswer,
  unseal,
} from "../domain/sealing";
import { changed } from "./changes";
import { database, forgetSingle, readSingle, writeSingle, type VaultRow } from "./database";
import { sealOlderRows } from "./older";
import { closeRecords, inTurn, isOpen, openRecords, TABLES } from "./records";

export type VaultState =
  /** Nobody's phone yet. */
  | "new"
  /** Enrolled, and no PIN set: a phone of an older version, or one between two screens. */
  | "needs_pin"
  | "locked"
  | "open"
  /** The server has taken the records away; what was unsent is still here for it. */
  | "wiped";

export const PIN_DIGITS = 6;
/** After this many wrong PINs each try costs time; after the second number it costs a call. */
export const FREE_TRIES = 3;
export const MOST_TRIES = 10;
const FIRST_DELAY_MS = 5_000;
const PLACE = "vault/key";

/** How long to wait after the n-th wrong PIN: doubled each time. */
export const delayAfter = (wrong: number): number =>
  wrong < FREE_TRIES ? 0 : FIRST_DELAY_MS * 2 ** (wrong - FREE_TRIES);

let state: VaultState = "new";
let damagedRows = 0;
/** By the clock that nobody can set; a restart starts the wait again. */
let waitUntil = 0;
let waitKnown = false;

export const vaultState = (): VaultState => state;

/** Records that the right key could not open: shown on the health screen, never hidden. */
export const damaged = (): number => damagedRows;

function become(next: VaultState): void {
  state = next;
  changed("vault", "identity", "worklist", "progress", "outbox");
}

/** What the phone holds, before anybody has typed anything. */
export async function readVaultState(): Promise<VaultState> {
  if (isOpen()) state = "open";
  else if (!(await readSingle("identity"))) state = "new";
  else if (await readSingle("wiped")) state = "wiped";
  else state = (await readSingle("vault")) ? "locked" : "needs_pin";
  return state;
}

async function wrapNewKey(key: Bytes, pin: string, rounds: number): Promise<VaultRow> {
  const salt = crypto.getRandomValues(new Uint8Array(16));
  const secret = await makeDeviceSecret();
  const wrapping = await keyOfPin(pin, salt, rounds, secret);
  const wrapped = await seal(wrapping, PLACE, key);
  return { salt, rounds, wrapped, secret, made_at: Date.now(), all_sealed: false };
}

/** The officer's first PIN. What an older version left in the open is sealed before this returns. */
export async function createVault(pin: string, rounds = PIN_ROUNDS): Promise<void> {
  await inTurn(async () => {
    const raw = crypto.getRandomValues(new Uint8Array(32));
    const key = await importAes(raw);
    const row = await wrapNewKey(raw, pin, rounds);
    raw.fill(0);
    // First the key is on the disk, then records under it: a phone that dies between goes on later.
    await writeSingle("vault", row);
    await finishOpening(key, row);
  });
  become("open");
}

async function finishOpening(key: CryptoKey, row: VaultRow): Promise<void> {
  if (!row.all_sealed) {
    await sealOlderRows(key);
    await writeSingle("vault", { ...row, all_sealed: true });
  }
  damagedRows = await openRecords(key);
}

export type Tried =
  | { readonly as: "open" }
  | { readonly as: "wrong"; readonly left: number; readonly waitMs: number }
  | { readonly as: "waiting"; readonly waitMs: number }
  | { readonly as: "needs_supervisor" };

/** Tries a PIN. A wrong one is counted on the disk before the answer is given. */
export async function unlock(pin: string): Promise<Tried> {
  return inTurn(async () => {
    const row = await readSingle("vault");
    if (!row) throw new Error("this phone has no PIN");
    const before = await lockedOut();
    if (before) return before;
    const { count } = (await readSingle("wrong_pins")) ?? { count: 0 };
    // Counted first: cutting the power at the right moment must not give a free try.
    await writeSingle("wrong_pins", { count: count + 1, challenge: null });
    let key: CryptoKey;
    try {
      const wrapping = await keyOfPin(pin, row.salt, row.rounds, row.secret);
      const raw = await unseal(wrapping, PLACE, row.wrapped);
      key = await importAes(raw);
      raw.fill(0);
    } catch {
      const waitMs = delayAfter(count + 1);
      waitUntil = performance.now() + waitMs;
      waitKnown = true;
      if (count + 1 >= MOST_TRIES) return { as: "needs_supervisor" } as const;
      return { as: "wrong", left: MOST_TRIES - count - 1, waitMs } as const;
    }
    await forgetSingle("wrong_pins");
    waitUntil = 0;
    await finishOpening(key, row);
    become("open");
    return { as: "open" } as const;
  });
}

/** Why no PIN is taken now; null when one is. */
export async function lockedOut(): Promise<Exclude<Tried, { as: "open" | "wrong" }> | null> {
  const { count } = (await readSingle("wrong_pins")) ?? { count: 0 };
  if (count >= MOST_TRIES) return { as: "needs_supervisor" };
  if (!waitKnown) {
    waitKnown = true;
    waitUntil = performance.now() + delayAfter(count);
  }
  const waitMs = waitUntil - performance.now();
  return waitMs > 0 ? { as: "waiting", waitMs } : null;
}

/** The PIN must be typed again. Work that is being written is let finish. */
export async function lock(): Promise<void> {
  await inTurn(async () => closeRecords());
  if (state === "open") become("locked");
}

/** Throws OperationError for a wrong old PIN; nothing but the wrapping changes. */
export async function changePin(old: string, fresh: string): Promise<void> {
  await inTurn(async () => {
    const row = await readSingle("vault");
    if (!row) throw new Error("this phone has no PIN");
    const wrapping = await keyOfPin(old, row.salt, row.rounds, row.secret);
    const raw = await unseal(wrapping, PLACE, row.wrapped);
    const next = await wrapNewKey(raw, fresh, row.rounds);
    raw.fill(0);
    await writeSingle("vault", { ...next, made_at: row.made_at, all_sealed: row.all_sealed });
  });
}

/**
 * Gives up everything that the PIN opened: the key first, then what it sealed. What the server has
 * not confirmed stays, sealed to it. `why` says whether the phone may be enrolled anew at once.
 */
export async function giveUp(why: "wiped" | "enrol_anew"): Promise<void> {
  await inTurn(async () => {
    closeRecords();
    const tx = (await database()).transaction(
      [...TABLES, "single", "outbox", "pictures"] as const,
      "readwrite",
      {
        durability: "strict",
      },
    );
    for (const name of ["vault", "wrong_pins", "unlock_secret"]) {
      await tx.objectStore("single").delete(name);
    }
    if (why === "wiped") {
      await tx.objectStore("single").put({ name: "wiped", value: { at: Date.now() } });
    } else {
      for (const name of ["identity", "chain", "wiped"])
        await tx.objectStore("single").delete(name);
    }
    for (const table of TABLES) await tx.objectStore(table).clear();
    for (const row of await tx.objectStore("outbox").getAll()) {
      if (row.delivered) await tx.objectStore("outbox").delete(row.event_id);
    }
    let cursor = await tx.objectStore("pictures").openCursor();
    while (cursor) {
      if (cursor.value.delivered || !cursor.value.envelope) await cursor.delete();
      cursor = await cursor.continue();
    }
    await tx.done;
  });
  waitUntil = 0;
  become(why === "wiped" ? "wiped" : "new");
}

/** What the officer reads to the supervisor; the same until it was answered. */
export async function challenge(): Promise<string> {
  const kept = (await readSingle("wrong_pins")) ?? { count: 0, challenge: null };
  if (kept.challenge) return kept.challenge;
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  const fresh = String(number % 1_000_000).padStart(6, "0");
  await writeSingle("wrong_pins", { ...kept, challenge: fresh });
  return fresh;
}

/** Whether the supervisor's answer is right; the officer may then try PINs again. */
export async function answerChallenge(answer: string): Promise<boolean> {
  const secret = await readSingle("unlock_secret");
  if (!secret) return false;
  const right = await unlockAnswer(secret, await challenge());
  if (answer.replace(/\D/g, "") !== right) return false;
  await forgetSingle("wrong_pins");
  waitUntil = 0;
  changed("vault");
  return true;
}

/** The secret of the supervisor's answers, kept so that it can be used and not be read. */
export async function keepUnlockSecret(text: unknown): Promise<void> {
  if (typeof text === "string" && text) {
    await writeSingle("unlock_secret", await importUnlockSecret(text));
  }
}

export const pinIsTooSimple = (pin: string): boolean =>
  /^(\d)\1+$/.test(pin) || "01234567890".includes(pin) || "09876543210".includes(pin);

export const isPin = (text: string): boolean => text.length === PIN_DIGITS && /^\d+$/.test(text);
