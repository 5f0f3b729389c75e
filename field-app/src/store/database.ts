/** The phone's own database. Versions only ever add: an upgrade must never lose an outbox. */

import { openDB, type DBSchema, type IDBPDatabase } from "idb";
import type { Bytes } from "../domain/encoding";
import type { EvidenceKind, EvidenceRef, Kind } from "../domain/events";
import type { Progress } from "../domain/sop";
import type { Visit, Worklist } from "../domain/worklist";

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

export interface StoredEvidence {
  sha256: string;
  kind: EvidenceKind;
  length: number;
  media_type: string;
  /** null once the server's signed receipt allowed the phone to let go of it. */
  bytes: ArrayBuffer | null;
  stored_at: number;
  /** The event that names it; null while the officer may still take another picture. */
  event_id: string | null;
  uploaded: 0 | 1;
}

export interface Identity {
  device_id: string;
  device_name: string;
  officer: { id: string; name: string; nip: string };
  office: { code: string; name: string; zone: string };
  server_key: { kid: number | string; public_key: string };
  /** Made here, and unable to leave: the browser signs with it but never shows it. */
  private_key: CryptoKey;
  enrolled_at: number;
}

/** Values of which there is one each. */
interface Singles {
  identity: Identity;
  worklist: Worklist;
  chain: { sequence: number; previous: string | null };
  clock_error_ms: number;
  last_contact: number;
  /** Outcomes that the officer has read. */
  told: readonly string[];
  /** Queue numbers that were called at this phone, and when. */
  called: Readonly<Record<number, number>>;
}

interface Schema extends DBSchema {
  single: { key: string; value: { name: string; value: Singles[keyof Singles] } };
  visits: { key: string; value: Visit };
  progress: { key: string; value: Progress };
  events: {
    key: string;
    value: StoredEvent;
    indexes: { sequence: number; open: number; visit: string };
  };
  evidence: { key: string; value: StoredEvidence; indexes: { uploaded: number } };
}

export type Database = IDBPDatabase<Schema>;

const NAME = "salur";
const VERSION = 1;

let opened: Promise<Database> | null = null;

export function database(): Promise<Database> {
  opened ??= openDB<Schema>(NAME, VERSION, {
    upgrade(db, from) {
      if (from < 1) {
        db.createObjectStore("single", { keyPath: "name" });
        db.createObjectStore("visits", { keyPath: "id" });
        db.createObjectStore("progress", { keyPath: "visit" });
        const events = db.createObjectStore("events", { keyPath: "event_id" });
        events.createIndex("sequence", "sequence", { unique: true });
        events.createIndex("open", "open");
        events.createIndex("visit", "visit");
        const evidence = db.createObjectStore("evidence", { keyPath: "sha256" });
        evidence.createIndex("uploaded", "uploaded");
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
