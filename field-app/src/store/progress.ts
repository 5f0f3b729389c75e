/** Where each hand-over under way stands: written at every step, so that a dead battery loses none. */

import { inDoubt, type Progress } from "../domain/sop";
import { changed } from "./changes";
import { database } from "./database";

export async function readProgress(visit: string): Promise<Progress | undefined> {
  return (await database()).get("progress", visit);
}

export async function saveProgress(progress: Progress): Promise<void> {
  const tx = (await database()).transaction("progress", "readwrite", { durability: "strict" });
  await tx.store.put(progress);
  await tx.done;
  changed("progress");
}

export async function forgetProgress(visit: string): Promise<void> {
  await (await database()).delete("progress", visit);
  changed("progress");
}

export async function allProgress(): Promise<Progress[]> {
  return (await database()).getAll("progress");
}

/** A hand-over that was begun and not ended when the app was last closed. */
export async function firstInDoubt(): Promise<Progress | undefined> {
  return (await allProgress()).find(inDoubt);
}
