/**
 * The phone's own database. Versions only ever add: an upgrade must never lose an outbox.
 *
 * Everything about families lies here sealed, each record by itself; its key and the few plain
 * columns are random ids and numbers. `store/records.ts` is the only one who seals and opens.
 */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Bytes } from "../domain/encoding";
import type { EvidenceKind, EvidenceRef, Kind } from "../domain/events";
import type { Envelope, OutboxKey } from "../domain/sealing";

export interface StoredEvent {
  event_id: string;
  sequence: number;
  kind: Kind;
  visit: string | null;
  hash: string;
  bytes: Bytes;
  signature: string;
  evidence: readonly EvidenceRef[];
  stored_at: number;
  /** saved on this phone · received by the server · refused: the server looks at it apart. */
  state: "saved" | "received" | "refused";
  code: string | null;
  /** 1 until a signed receipt has listed the event and every file that it names. */
  open: 0 | 1;
}

/** What is known of a picture without opening it. */
export interface EvidenceCard {
  sha256: string;
  kind: EvidenceKind;
  length: number;
  media_type: string;
  stored_at: number;
  /** The event that names it; null while the officer may still take another picture. */
  event_id: string | null;
  uploaded: 0 | 1;
  /** The key of the sealed picture; null once the server's receipt allowed the phone to let go. */
  key: string | null;
}

export interface StoredEvidence extends Omit<EvidenceCard, "key"> {
  /** null once the server's signed receipt allowed the phone to let go of it. */
  bytes: ArrayBuffer | null;
}

/** What must be known before the PIN: whose phone this is to the server, not whose it is to people. */
export interface Device {
  device_id: string;
  device_name: string;
  server_key: { kid: number | string; public_key: string };
  /** Made here, and unable to leave: the browser signs with it but never shows it. */
  private_key: CryptoKey;
  enrolled_at: number;
  /** To which unsent items are sealed; absent on a phone of before, until the server has said. */
  outbox_key?: OutboxKey;
}

export interface Holder {
  officer: { id: string; name: string; nip: string };
  office: { code: string; name: string; zone: string };
}

export interface Identity extends Device, Holder {}

/** How the key of all records is kept: under the PIN and this phone's own secret. */
export interface VaultRow {
  salt: Bytes;
  rounds: number;
  wrapped: Bytes;
  secret: CryptoKey;
  made_at: number;
  /** False while records of an older version of the app may still lie here in the open. */
  all_sealed: boolean;
}

/** Values of which there is one each, and that nobody is known by. */
interface Singles {
  identity: Device & Partial<Holder>;
  vault: VaultRow;
  chain: { sequence: number; previous: string | null };
  clock_error_ms: number;
  last_contact: number;
  /** Outcomes that the officer has read. */
  told: readonly string[];
  /** Queue numbers that were called at this phone, and when. */
  called: Readonly<Record<number, number>>;
  wrong_pins: { count: number; challenge: string | null };
  unlock_secret: CryptoKey;
  trusted_time: number;
  wiped: { at: number };
}

/** A record as it lies on the disk. */
export interface Sealed {
  sealed: Bytes;
}

/** An unsent event, readable by the server alone, even when nobody knows the PIN any more. */
export interface OutboxRow {
  event_id: string;
  sequence: number;
  envelope: Envelope;
  data: Bytes;
  delivered: 0 | 1;
}

export interface PictureRow {
  sha256: string;
  /** Sealed under a key of its own, which the card and the envelope each hold for one reader. */
  data: Bytes;
  envelope: Envelope | null;
  delivered: 0 | 1;
}

interface Schema extends DBSchema {
  single: { key: string; value: { name: string; value: Singles[keyof Singles] } };
  visits: { key: string; value: Sealed & { id: string } };
  progress: { key: string; value: Sealed & { visit: string } };
  events: {
    key: string;
    value: Sealed & { event_id: string; sequence: number };
    indexes: { sequence: number };
  };
  evidence: { key: string; value: Sealed & { sha256: string } };
  papers: { key: string; value: Sealed & { name: string } };
  pictures: { key: string; value: PictureRow };
  outbox: { key: string; value: OutboxRow };
}

export type Database = IDBPDatabase<Schema>;

const VERSION = 2;

let name = "salur";
let opened: Promise<Database> | null = null;

/** Practice has a database of its own, so that nothing of it can ever be sent. */
export async function useDatabase(other: string): Promise<void> {
  if (other === name) return;
  await closeDatabase();
  name = other;
}

export function database(): Promise<Database> {
  opened ??= openDB<Schema>(name, VERSION, {
    upgrade(db, from, _to, tx) {
      if (from < 1) {
        db.createObjectStore("single", { keyPath: "name" });
        db.createObjectStore("visits", { keyPath: "id" });
        db.createObjectStore("progress", { keyPath: "visit" });
        const events = db.createObjectStore("events", { keyPath: "event_id" });
        events.createIndex("sequence", "sequence", { unique: true });
        db.createObjectStore("evidence", { keyPath: "sha256" });
      }
      if (from < 2) {
        db.createObjectStore("papers", { keyPath: "name" });
        db.createObjectStore("pictures", { keyPath: "sha256" });
        db.createObjectStore("outbox", { keyPath: "event_id" });
      }
      if (from === 1) {
        // Rows stay where they are and as they are, until the officer has set a PIN.
        const older = tx as unknown as {
          objectStore: (store: string) => { deleteIndex: (index: string) => void };
        };
        older.objectStore("events").deleteIndex("open");
        older.objectStore("events").deleteIndex("visit");
        older.objectStore("evidence").deleteIndex("uploaded");
      }
    },
    terminated() {
      opened = null;
    },
  });
  return opened;
}

/** Tests start from nothing. */
export async function closeDatabase(): Promise<void> {
  (await opened)?.close();
  opened = null;
}

export async function readSingle<N extends keyof Singles>(name: N): Promise<Singles[N] | null> {
  const row = await (await database()).get("single", name);
  return (row?.value ?? null) as Singles[N] | null;
}

/** Returns when the value has reached the disk. */
export async function writeSingle<N extends keyof Singles>(
  name: N,
  value: Singles[N],
): Promise<void> {
  const tx = (await database()).transaction("single", "readwrite", { durability: "strict" });
  await tx.store.put({ name, value });
  await tx.done;
}

export async function forgetSingle(...names: (keyof Singles)[]): Promise<void> {
  const tx = (await database()).transaction("single", "readwrite", { durability: "strict" });
  for (const one of names) await tx.store.delete(one);
  await tx.done;
}
