/** Outbound: small events before big photos, each kept until a signed receipt lists it. */

import { openReceipt, type SignedReceipt } from "../domain/receipt";
import type { Identity, StoredEvent } from "../store/database";
import { applyReceipt, markUploaded, readEvidence, toUpload } from "../store/evidence";
import { awaitingReceipt, markAnswered, onTheWire, unsent } from "../store/outbox";
import { hasEvidence, postJson, putEvidence, Refused } from "./api";

const EVENTS_PER_PUSH = 100;

interface Result {
  event_id: string;
  status: "stored" | "known" | "quarantined";
  code?: string | null;
}

async function send(events: readonly StoredEvent[], identity: Identity): Promise<void> {
  const answer = await postJson("/events", { events: events.map(onTheWire) });
  const results = (Array.isArray(answer["results"]) ? answer["results"] : []) as Result[];
  await markAnswered(
    results.map(({ event_id, status, code }) => ({
      event_id,
      state: status === "quarantined" ? ("refused" as const) : ("received" as const),
      code: code ?? null,
    })),
  );
  const signed = answer["receipt"] as SignedReceipt | undefined;
  const receipt =
    signed && (await openReceipt(signed, identity.server_key.public_key, identity.device_id));
  if (receipt) await applyReceipt(receipt);
}

/** One event that the server cannot read at all must not hold back the others. */
async function sendApart(events: readonly StoredEvent[], identity: Identity): Promise<void> {
  try {
    await send(events, identity);
  } catch (error) {
    if (!(error instanceof Refused) || [401, 403].includes(error.status)) throw error;
    const [first] = events;
    if (events.length === 1 && first) {
      await markAnswered([{ event_id: first.event_id, state: "refused", code: error.code }]);
      return;
    }
    const half = Math.ceil(events.length / 2);
    await sendApart(events.slice(0, half), identity);
    await sendApart(events.slice(half), identity);
  }
}

export async function pushEvents(identity: Identity): Promise<void> {
  for (;;) {
    const batch = await unsent(EVENTS_PER_PUSH);
    if (batch.length === 0) return;
    await sendApart(batch, identity);
    const again = await unsent(1);
    if (again[0]?.event_id === batch[0]?.event_id) return; // Unanswered: wait for the next turn.
  }
}

/** Sends each photo that the server lacks. Calls back between files, so that money goes first. */
export async function pushEvidence(hasNews: () => Promise<boolean>): Promise<void> {
  for (const photo of await toUpload()) {
    const { sha256, kind, media_type } = photo;
    try {
      if (!(await hasEvidence(sha256))) {
        const bytes = (await readEvidence(sha256))?.bytes;
        if (!bytes) continue;
        await putEvidence(sha256, new Uint8Array(bytes), kind, media_type);
      }
      await markUploaded(sha256);
    } catch (error) {
      // One photo that the server does not take stays here and holds back no other.
      if (!(error instanceof Refused) || [401, 403].includes(error.status)) throw error;
    }
    if (await hasNews()) return;
  }
}

/** Asks for a receipt of what is still open: the same events again, which are known by now. */
export async function fetchReceipts(identity: Identity): Promise<void> {
  const pending = new Set((await toUpload()).map((photo) => photo.sha256));
  const ready = (await awaitingReceipt()).filter((event) =>
    event.evidence.every((file) => !pending.has(file.sha256)),
  );
  for (let i = 0; i < ready.length; i += EVENTS_PER_PUSH) {
    await send(ready.slice(i, i + EVENTS_PER_PUSH), identity);
  }
}
