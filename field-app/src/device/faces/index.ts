/** Faces compared on the phone itself: loaded when first needed, let go when long unused. */

import type { Verdict } from "../../domain/events";
import type { Bytes } from "../../domain/encoding";
import type { Answer, Question } from "./protocol";

export interface FaceAdvice {
  readonly verdict: Verdict;
  readonly scoreMilli: number | null;
  readonly reasons: readonly string[];
}

export interface Models {
  readonly detector: ArrayBuffer;
  readonly embedder: ArrayBuffer;
}

const PATIENCE_MS = 60_000;
/** A hundred megabytes are better used for photos while nobody is being verified. */
const IDLE_MS = 5 * 60_000;

let thread: Worker | null = null;
let loaded: Promise<Answer> | null = null;
let idle: ReturnType<typeof setTimeout> | undefined;
let last = 0;

function ask(question: Question, transfer: Transferable[] = []): Promise<Answer> {
  thread ??= new Worker(new URL("./worker.ts", import.meta.url), { type: "module" });
  const worker = thread;
  const id = ++last;
  return new Promise((done, fail) => {
    const late = setTimeout(() => finish(() => fail(new Error("no answer"))), PATIENCE_MS);
    const finish = (end: () => void): void => {
      clearTimeout(late);
      worker.removeEventListener("message", hear);
      worker.removeEventListener("error", broken);
      end();
    };
    const hear = ({ data }: MessageEvent<Answer & { id: number }>): void => {
      if (data.id === id) finish(() => done(data));
    };
    const broken = (): void => finish(() => fail(new Error("the models' thread broke")));
    worker.addEventListener("message", hear);
    worker.addEventListener("error", broken);
    worker.postMessage({ ...question, id }, transfer);
  });
}

/** Ends the thread and frees its memory; the next check starts it again. */
export function closeFaces(): void {
  thread?.terminate();
  thread = null;
  loaded = null;
  clearTimeout(idle);
}

/**
 * Advice on one photo. `models` is asked for at the first check only. Throws when there are no
 * models or this browser cannot run them: then the officer compares by eye.
 */
export async function checkFace(
  photo: Bytes,
  template: Int8Array | null,
  models: () => Promise<Models | null>,
): Promise<FaceAdvice> {
  clearTimeout(idle);
  try {
    if (!loaded) {
      const bytes = await models();
      if (!bytes) throw new Error("no models on this phone");
      const { detector, embedder } = bytes;
      loaded = ask({ kind: "load", detector, embedder }, [detector, embedder]);
    }
    const ready = await loaded;
    if (ready.kind !== "loaded") throw new Error("the models do not load");
    const jpeg = photo.slice().buffer;
    const answer = await ask({ kind: "check", jpeg, template }, [jpeg]);
    if (answer.kind !== "checked") throw new Error("the photo could not be checked");
    const { likeness, verdict, reasons } = answer;
    idle = setTimeout(closeFaces, IDLE_MS);
    const scoreMilli = likeness === null ? null : Math.round(likeness * 1000);
    return { verdict, scoreMilli, reasons };
  } catch (error) {
    closeFaces();
    throw error;
  }
}
