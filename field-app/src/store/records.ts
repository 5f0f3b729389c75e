/**
 * Records about families: sealed one by one on the disk, open in memory while the PIN is in.
 *
 * Reading asks memory only, so that a list of a thousand families costs no decryption. Writing goes
 * through `change`: all of it reaches the disk in one strict transaction, then memory, or nothing
 * does. One tab writes (`device/phone.ts`), so that memory and disk never drift apart.
 */

import type { Giving } from "../domain/passing";
import type { Progress } from "../domain/sop";
import { fromUtf8, utf8, type Bytes } from "../domain/encoding";
import { seal, unseal } from "../domain/sealing";
import type { Visit, Worklist } from "../domain/worklist";
import {
  database,
  type EvidenceCard,
  type Holder,
  type OutboxRow,
  type PictureRow,
  type StoredEvent,
} from "./database";

/** Sealed values of which there is one each. */
export interface Papers {
  worklist: Worklist;
  holder: Holder;
  giving: Giving | null;
}

export interface Tables {
  visits: Visit;
  progress: Progress;
  events: StoredEvent;
  evidence: EvidenceCard;
  papers: { [N in keyof Papers]: { name: N; value: Papers[N] } }[keyof Papers];
}

export type Table = keyof Tables;

/** Under what a record lies; never anything that a person is known by. */
export const KEY = {
  visits: "id",
  progress: "visit",
  events: "event_id",
  evidence: "sha256",
  papers: "name",
} as const;

export const TABLES = Object.keys(KEY) as Table[];

const STORES = [...TABLES, "pictures", "outbox", "single"] as const;

export class Locked extends Error {
  constructor() {
    super("the PIN is not in");
  }
}

const memory: { [T in Table]: Map<string, Tables[T]> } = {
  visits: new Map(),
  progress: new Map(),
  events: new Map(),
  evidence: new Map(),
  papers: new Map(),
};

let dataKey: CryptoKey | null = null;

export const isOpen = (): boolean => dataKey !== null;

export const keyOf = <T extends Table>(table: T, value: Tables[T]): string =>
  (value as unknown as Record<string, string>)[KEY[table]] ?? "";

const placeOf = (table: Table, key: string): string => `${table}/${key}`;

function encode<T extends Table>(table: T, value: Tables[T]): Bytes {
  if (table !== "events") return utf8(JSON.stringify(value));
  const event = value as StoredEvent;
  return utf8(JSON.stringify({ ...event, bytes: fromUtf8(event.bytes) }));
}

function decode<T extends Table>(table: T, bytes: Bytes): Tables[T] {
  const value = JSON.parse(fromUtf8(bytes)) as Record<string, unknown>;
  if (table === "events") value["bytes"] = utf8(value["bytes"] as string);
  return value as unknown as Tables[T];
}

export async function sealRecord<T extends Table>(
  key: CryptoKey,
  table: T,
  value: Tables[T],
): Promise<Record<string, unknown>> {
  const id = keyOf(table, value);
  const sealed = await seal(key, placeOf(table, id), encode(table, value));
  const sequence = table === "events" ? { sequence: (value as StoredEvent).sequence } : {};
  return { [KEY[table]]: id, ...sequence, sealed };
}

export function read<T extends Table>(table: T, key: string): Tables[T] | undefined {
  return memory[table].get(key);
}

export function readAll<T extends Table>(table: T): Tables[T][] {
  return [...memory[table].values()];
}

export function readPaper<N extends keyof Papers>(name: N): Papers[N] | null {
  return (memory.papers.get(name)?.value ?? null) as Papers[N] | null;
}

/** Writes that are on their way to the disk together. Reading sees what was put before. */
export class Draft {
  readonly puts = new Map<string, { table: Table; value: Tables[Table] }>();
  readonly deletes = new Map<string, { table: Table; key: string }>();
  readonly pictures = new Map<string, PictureRow | null>();
  readonly outbox = new Map<string, OutboxRow | null>();
  chain: { sequence: number; previous: string | null } | null = null;

  get<T extends Table>(table: T, key: string): Tables[T] | undefined {
    const place = placeOf(table, key);
    if (this.deletes.has(place)) return undefined;
    const put = this.puts.get(place);
    return put ? (put.value as Tables[T]) : memory[table].get(key);
  }

  keys(table: Table): string[] {
    const kept = [...memory[table].keys()].filter((key) => !this.deletes.has(placeOf(table, key)));
    const fresh = [...this.puts.values()].filter((put) => put.table === table);
    return [...new Set([...kept, ...fresh.map((put) => keyOf(table, put.value as never))])];
  }

  /** Throws DataCloneError for what cannot be kept. */
  put<T extends Table>(table: T, value: Tables[T]): void {
    const place = placeOf(table, keyOf(table, value));
    this.deletes.delete(place);
    this.puts.set(place, { table, value: structuredClone(value) });
  }

  paper<N extends keyof Papers>(name: N, value: Papers[N]): void {
    this.put("papers", { name, value } as Tables["papers"]);
  }

  delete(table: Table, key: string): void {
    this.puts.delete(placeOf(table, key));
    this.deletes.set(placeOf(table, key), { table, key });
  }
}

let queue: Promise<unknown> = Promise.resolve();

/** One at a time: two writers must never build on the same state. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const result = queue.then(work, work);
  queue = result.catch(() => undefined);
  return result;
}

/**
 * Runs `work` on a draft and returns when all of it is on the disk. Rejects when `work` throws or
 * the phone could not keep it: then nothing was written. Throws Locked without the PIN.
 */
export function change<T>(work: (draft: Draft) => T | Promise<T>): Promise<T> {
  return inTurn(async () => {
    if (!dataKey) throw new Locked();
    const draft = new Draft();
    const result = await work(draft);
    await commit(draft, dataKey);
    return result;
  });
}

async function commit(draft: Draft, key: CryptoKey): Promise<void> {
  const sealed = await Promise.all(
    [...draft.puts.values()].map(async ({ table, value }) => ({
      table,
      row: await sealRecord(key, table, value as never),
    })),
  );
  const tx = (await database()).transaction(STORES, "readwrite", { durability: "strict" });
  try {
    const asked: Promise<unknown>[] = [];
    for (const { table, row } of sealed) asked.push(tx.objectStore(table).put(row as never));
    for (const { table, key } of draft.deletes.values()) {
      asked.push(tx.objectStore(table).delete(key));
    }
    for (const [name, rows] of [
      ["pictures", draft.pictures],
      ["outbox", draft.outbox],
    ] as const) {
      for (const [key, row] of rows) {
        const store = tx.objectStore(name);
        asked.push(row ? store.put(row as never) : store.delete(key));
      }
    }
    if (draft.chain) {
      asked.push(tx.objectStore("single").put({ name: "chain", value: draft.chain }));
    }
    await Promise.all(asked);
  } catch (error) {
    // What was already asked of the transaction would otherwise be kept without the rest.
    try {
      tx.abort();
    } catch {
      // The browser had ended it already.
    }
    await tx.done.catch(() => undefined);
    throw error;
  }
  await tx.done;
  for (const { table, key } of draft.deletes.values()) memory[table].delete(key);
  for (const { table, value } of draft.puts.values()) {
    (memory[table] as Map<string, unknown>).set(keyOf(table, value as never), value);
  }
}

/** Opens every record with the key. Returns how many could not be opened; they stay where they are. */
export async function openRecords(key: CryptoKey): Promise<number> {
  closeRecords();
  const db = await database();
  let damaged = 0;
  for (const table of TABLES) {
    const rows = (await db.getAll(table)) as unknown as ({ sealed?: Bytes } & Record<
      string,
      unknown
    >)[];
    if (table === "events") rows.sort((a, b) => Number(a["sequence"]) - Number(b["sequence"]));
    const opened = await Promise.all(
      rows.map(async (row) => {
        if (!row.sealed) return null;
        const id = String(row[KEY[table]]);
        try {
          return decode(table, await unseal(key, placeOf(table, id), row.sealed));
        } catch {
          damaged += 1;
          return null;
        }
      }),
    );
    for (const value of opened) {
      if (value) (memory[table] as Map<string, unknown>).set(keyOf(table, value as never), value);
    }
  }
  dataKey = key;
  return damaged;
}

/** Forgets everything that was open; the disk keeps it sealed. */
export function closeRecords(): void {
  dataKey = null;
  for (const table of TABLES) memory[table].clear();
}
