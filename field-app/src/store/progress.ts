/** Where each hand-over under way stands: written at every step, so that a dead battery loses none. */

import { inDoubt, type Progress } from "../domain/sop";
import { changed } from "./changes";
import { change, read, readAll } from "./records";

export async function readProgress(visit: string): Promise<Progress | undefined> {
  return read("progress", visit);
}

export async function saveProgress(progress: Progress): Promise<void> {
  await change((draft) => draft.put("progress", progress));
  changed("progress");
}

export async function forgetProgress(visit: string): Promise<void> {
  await change((draft) => draft.delete("progress", visit));
  changed("progress");
}

export async function allProgress(): Promise<Progress[]> {
  return readAll("progress");
}

/** A hand-over that was begun and not ended when the app was last closed. */
export async function firstInDoubt(): Promise<Progress | undefined> {
  return (await allProgress()).find(inDoubt);
}
