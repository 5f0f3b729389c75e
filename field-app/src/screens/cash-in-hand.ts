/** Advances that wait for the officer: those that the server offers and this phone has not taken. */

import type { Float } from "../domain/worklist";
import { readWorklistHead } from "../store/assignments";
import { allEvents, bodyOf } from "../store/outbox";

const TAKEN = new Set(["accepted", "closed", "returned", "void", "voided", "expired", "refused"]);

export async function waitingFloats(): Promise<Float[]> {
  const head = await readWorklistHead();
  if (!head?.floats.length) return [];
  const taken = new Set(
    (await allEvents())
      .filter((event) => event.kind === "cash_transfer")
      .map((event) => bodyOf<"cash_transfer">(event).float_id),
  );
  return head.floats.filter((float) => !TAKEN.has(float.status) && !taken.has(float.id));
}
