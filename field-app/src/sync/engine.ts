/** When to talk to the server: after each event, when the network returns, and now and then. */

import { changed } from "../store/changes";
import { readSingle, writeSingle } from "../store/database";
import { readDevice, readIdentity } from "../store/identity";
import { unsent } from "../store/outbox";
import { giveUp, vaultState } from "../store/vault";
import { Refused, Unreachable } from "./api";
import { pullWorklist } from "./pull";
import { fetchReceipts, pushEvents, pushEvidence } from "./push";
import { deliverSealed, isToBeWiped } from "./sealed";

export type SyncState =
  /** Everything that could be done has been done. */
  | "calm"
  | "working"
  /** The server does not answer; tried again by itself. */
  | "waiting"
  /** The server knows this phone no more, or not yet. */
  | "locked_out";

const FIRST_DELAY_MS = 2_000;
const LONGEST_DELAY_MS = 60_000;
const PULL_EVERY_MS = 60_000;

let state: SyncState = "calm";
let delayMs = FIRST_DELAY_MS;
let timer: ReturnType<typeof setTimeout> | undefined;
let running = false;
let again = false;
let lastPull = 0;
let problem: string | null = null;
/** Before these moments a busy server wants nothing of ours; it may have room for events alone. */
let eventsFrom = 0;
let restFrom = 0;
let eventsAreSent = false;

export const syncState = (): SyncState => state;
export const syncProblem = (): string | null => problem;
export const lastContact = (): Promise<number | null> => readSingle("last_contact");

/** How long to wait after the n-th failure: doubled, bounded, and never all phones at once. */
export function backoff(currentMs: number, random: number): number {
  return Math.min(LONGEST_DELAY_MS, currentMs * 2) * (0.75 + random / 2);
}

/** How long until the next try: never less than asked for, and never all phones at once. */
export function pause(delayMs: number, askedMs: number | null, random: number): number {
  return askedMs === null ? delayMs : Math.max(delayMs, askedMs * (1 + random / 4));
}

function become(next: SyncState): void {
  if (state === next) return;
  state = next;
  changed("sync");
}

function later(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(() => void run(), ms);
}

async function turn(wantsPull: boolean): Promise<void> {
  const identity = await readIdentity();
  if (!identity) {
    // The PIN is not in, or the records are gone: what is sealed to the server still goes there.
    const device = await readDevice();
    if (device?.outbox_key) await deliverSealed(device);
    await obeyIfToBeWiped();
    return;
  }
  const hasNews = async (): Promise<boolean> => (await unsent(1)).length > 0;
  do {
    eventsAreSent = false;
    await pushEvents(identity);
    eventsAreSent = true;
    if (Date.now() < restFrom) throw new Unreachable("asked to wait", restFrom - Date.now());
    await pushEvidence(hasNews);
  } while (await hasNews());
  await fetchReceipts(identity);
  await deliverSealed(identity, "strangers");
  if (wantsPull || Date.now() - lastPull > PULL_EVERY_MS) {
    await pullWorklist(wantsPull);
    lastPull = Date.now();
  }
  await writeSingle("last_contact", Date.now());
}

/** Asked when the server refuses us, or the PIN is not in; what was unsent is handed in by then. */
async function obeyIfToBeWiped(): Promise<void> {
  const device = await readDevice();
  if (!device || vaultState() === "wiped") return;
  const wiped = await isToBeWiped(device).catch(() => false);
  if (wiped) await giveUp("wiped");
}

let pullWanted = false;

async function run(): Promise<void> {
  if (running) {
    again = true;
    return;
  }
  running = true;
  again = false;
  eventsAreSent = false;
  become("working");
  const wantsPull = pullWanted;
  pullWanted = false;
  try {
    await turn(wantsPull);
    delayMs = FIRST_DELAY_MS;
    problem = null;
    become("calm");
    later(PULL_EVERY_MS);
  } catch (error) {
    pullWanted ||= wantsPull;
    delayMs = backoff(delayMs, Math.random());
    problem = error instanceof Refused ? error.code : "unreachable";
    const lockedOut = error instanceof Refused && [401, 403].includes(error.status);
    if (lockedOut) await obeyIfToBeWiped();
    become(lockedOut ? "locked_out" : "waiting");
    if (!(error instanceof Refused) && !(error instanceof Unreachable)) console.error(error);
    const asked = error instanceof Unreachable ? error.retryAfterMs : null;
    const wait = pause(delayMs, asked, Math.random());
    if (asked !== null) {
      if (eventsAreSent) restFrom = Math.max(restFrom, Date.now() + asked);
      else eventsFrom = Date.now() + asked;
    }
    later(wait);
  } finally {
    running = false;
    changed("sync");
    if (again) later(0);
  }
}

/** Something is to be sent: do it now, or right after the turn that is under way, or when a busy
 * server will take it. */
export function kick(): void {
  delayMs = FIRST_DELAY_MS;
  const hold = eventsFrom - Date.now();
  if (hold > 0) later(pause(0, hold, Math.random()));
  else void run();
}

/** The officer asks for the newest list. */
export function pullNow(): void {
  pullWanted = true;
  kick();
}

export function startSync(): void {
  addEventListener("online", kick);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") kick();
  });
  kick();
}
