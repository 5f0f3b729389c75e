/**
 * For measuring alone: many hand-overs through the app's own acts, without a person's patience.
 * It is in no build that anybody carries: `vite.config.ts` leaves it out unless it is asked for, and
 * refuses to put such a build where the server looks for the app.
 */

import { canvasBytes } from "./device/camera";
import { timeForEvent } from "./device/clock";
import type { EvidenceKind, EvidenceRef } from "./domain/events";
import { begin, type Progress } from "./domain/sop";
import { beginHandOver, cancelHandOver, endHandOver, verify } from "./screens/acts";
import { readVisit, readVisits, readWorklistHead } from "./store/assignments";
import { keepEvidence } from "./store/evidence";
import { readIdentity } from "./store/identity";
import { allEvents, append, countOutbox } from "./store/outbox";
import { readProgress, saveProgress } from "./store/progress";
import { APP_VERSION } from "./sync/enrol";

/**
 * A picture as the camera gives it: 1280 × 960, about 100 kB, never the same twice; `small` where
 * only the number of records matters.
 */
async function picture(kind: EvidenceKind, small: boolean): Promise<EvidenceRef> {
  const canvas = document.createElement("canvas");
  const mark = kind === "signature";
  [canvas.width, canvas.height] = small ? [64, 48] : mark ? [600, 240] : [1280, 960];
  const pen = canvas.getContext("2d")!;
  pen.fillStyle = "#d8d2c4";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  for (let i = 0; i < (mark || small ? 20 : 600); i++) {
    pen.fillStyle = `hsl(${Math.random() * 360} 40% ${30 + Math.random() * 40}%)`;
    const [x, y] = [Math.random() * canvas.width, Math.random() * canvas.height];
    pen.fillRect(x, y, 20 + Math.random() * 60, 20 + Math.random() * 60);
  }
  const type = mark ? "image/png" : "image/jpeg";
  const bytes = await canvasBytes(canvas, type, mark ? undefined : 0.82);
  canvas.width = canvas.height = 0;
  return keepEvidence(bytes, kind, type);
}

/** One family, from the letter's number to the receipt. Returns when the app would show it as paid. */
export async function pay(id: string, small = false): Promise<void> {
  const visit = await readVisit(id);
  if (!visit) throw new Error(`no visit ${id} on this phone`);
  let progress: Progress | undefined = await readProgress(id);
  if (progress?.begun) {
    // The app died with cash on the table; the officer says that it is still in the bag.
    await cancelHandOver(visit, progress, "interrupted");
    progress = await readProgress(id);
  }
  if (!progress?.verification) {
    const face = await picture("face", small);
    progress = {
      ...begin(id, visit.recipient, "number", null, Date.now()),
      letterAccepted: true,
      documents: { ktp: await picture("ktp", small), kk: await picture("kk", small) },
      faces: [
        { evidence: face, verdict: "unchecked", score_milli: null, reasons: [], ticket: null },
      ],
    };
    await saveProgress(progress);
    const witness = visit.recipient.has_reference
      ? null
      : { name: "Pak Karta", role: "village_head" };
    await verify(visit, progress, witness ? "enrolment" : "document", witness, null);
  }
  await beginHandOver(visit);
  const begun = await readProgress(id);
  if (!begun) throw new Error(`the hand-over to ${id} did not begin`);
  const counted = { ...begun, counted: true, photo: await picture("recipient_photo", small) };
  await saveProgress(counted);
  await endHandOver(visit, counted, "signature", await picture("signature", small), null);
}

/** Pays one after the other; says of each that it would now be shown as paid. */
export async function payAll(
  ids: readonly string[],
  shown: (id: string) => void,
  small = false,
): Promise<void> {
  for (const id of ids) {
    await pay(id, small);
    shown(id);
  }
}

/** Whom this phone has handed over to, by what lies on its disk. */
export async function handed(): Promise<string[]> {
  const events = await allEvents();
  return events.filter((event) => event.kind === "handed_over").map((event) => event.visit ?? "");
}

export async function waiting(): Promise<string[]> {
  const done = new Set(await handed());
  return (await readVisits()).map((visit) => visit.id).filter((id) => !done.has(id));
}

/** A full NIK on this phone, as when an officer writes down what the ID card says. */
export async function proposeNik(visit: string, nik: string): Promise<void> {
  const [identity, head] = await Promise.all([readIdentity(), readWorklistHead()]);
  await append({
    kind: "data_proposal",
    body: { about: "nik", note: `NIK di KTP ${nik}` },
    place: {
      device: identity?.device_id ?? "",
      app: APP_VERSION,
      lease: head?.lease?.id ?? null,
      session: head?.session?.id ?? null,
      sop: "post_office/1",
      visit,
      position: null,
      time: timeForEvent(),
    },
  });
}

export { countOutbox };
