/** Rows that version 1 of the app left in the open: sealed one by one, none lost on the way. */

import type { Bytes } from "../domain/encoding";
import type { Progress } from "../domain/sop";
import type { Visit, Worklist } from "../domain/worklist";
import { database, readSingle, writeSingle, type EvidenceCard, type StoredEvent } from "./database";
import { sealedEvent, sealedPicture } from "./escrow";
import { sealRecord } from "./records";

type OlderEvidence = Omit<EvidenceCard, "key"> & { bytes: ArrayBuffer | null };

/**
 * Each row by itself, so that a phone that dies on the way goes on where it stopped: a row is either
 * as it was or sealed, and never away.
 */
export async function sealOlderRows(key: CryptoKey): Promise<void> {
  for (const table of ["visits", "progress", "events"] as const) {
    await sealTable(key, table);
  }
  await sealPictures(key);
  await sealHead(key);
  await sealHolder(key);
}

async function sealTable(key: CryptoKey, table: "visits" | "progress" | "events"): Promise<void> {
  const db = await database();
  for (const row of (await db.getAll(table)) as unknown as Record<string, unknown>[]) {
    if (row["sealed"]) continue;
    const value = row as unknown as Visit | Progress | StoredEvent;
    const sealed = await sealRecord(key, table, value as never);
    const event = table === "events" ? (value as StoredEvent) : null;
    const escrow = event?.open ? await sealedEvent(event) : null;
    const tx = db.transaction([table, "outbox"], "readwrite", { durability: "strict" });
    await tx.objectStore(table).put(sealed as never);
    if (escrow) await tx.objectStore("outbox").put(escrow);
    await tx.done;
  }
}

async function sealPictures(key: CryptoKey): Promise<void> {
  const db = await database();
  for (const sha256 of await db.getAllKeys("evidence")) {
    const row = (await db.get("evidence", sha256)) as unknown as OlderEvidence & {
      sealed?: Bytes;
    };
    if (row.sealed) continue;
    const { bytes, ...card } = row;
    const picture = bytes ? await sealedPicture(sha256, new Uint8Array(bytes)) : null;
    const sealed = await sealRecord(key, "evidence", { ...card, key: picture?.key ?? null });
    const tx = db.transaction(["evidence", "pictures"], "readwrite", { durability: "strict" });
    await tx.objectStore("evidence").put(sealed as never);
    if (picture) await tx.objectStore("pictures").put(picture.row);
    await tx.done;
  }
}

async function sealHead(key: CryptoKey): Promise<void> {
  const db = await database();
  const row = (await db.get("single", "worklist")) as unknown as { value: Worklist } | undefined;
  if (!row) return;
  await sealPaper(key, { name: "worklist", value: row.value });
  await db.delete("single", "worklist");
}

/** The officer's name and number move from the plain row that the phone needs before the PIN. */
async function sealHolder(key: CryptoKey): Promise<void> {
  const identity = await readSingle("identity");
  if (!identity?.officer || !identity.office) return;
  const { officer, office, ...device } = identity;
  await sealPaper(key, { name: "holder", value: { officer, office } });
  await writeSingle("identity", device);
}

async function sealPaper(
  key: CryptoKey,
  paper: Parameters<typeof sealRecord<"papers">>[2],
): Promise<void> {
  const sealed = await sealRecord(key, "papers", paper);
  const tx = (await database()).transaction("papers", "readwrite", { durability: "strict" });
  await tx.store.put(sealed as never);
  await tx.done;
}
