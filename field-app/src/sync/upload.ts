/** One photo in pieces, by tus 1.0: where the line was cut, there it goes on. */

import type { DetailedError, HttpRequest, HttpResponse, Upload } from "tus-js-client";
import type { Bytes } from "../domain/encoding";
import { BASE, settled, Unreachable, type Answer } from "./api";

/** The library wants whole addresses; only the path of them is ever used. */
const UPLOADS = `https://server${BASE}/uploads`;
const PIECE_MS = 1_500;
const FIRST_PIECE_BYTES = 16 * 1024;
const SMALLEST_PIECE_BYTES = 4 * 1024;
const LARGEST_PIECE_BYTES = 512 * 1024;
/** Within one photo; what lasts longer is for the turn of the whole outbox to try again. */
const RETRY_DELAYS_MS = [300, 1_000, 3_000];

/**
 * How long a piece may be. A cut costs what is under way, on average half a piece: one and a half
 * seconds of a line that is cut every twenty are four hundredths sent twice, and still long enough
 * for the way to the server and back not to matter.
 */
export class Pace {
  bytes = FIRST_PIECE_BYTES;

  /** Tests that have no time for a real line scale it down. */
  constructor(private readonly pieceMs = PIECE_MS) {}

  private answerMs = 0;

  /** How long an answer takes when nothing is to be carried: no reason for shorter pieces. */
  answered(ms: number): void {
    this.answerMs = this.answerMs ? (this.answerMs + ms) / 2 : ms;
  }

  /** A piece arrived. Grows at most twofold: one lucky answer is no measure of a line. */
  arrived(bytes: number, ms: number): void {
    const carryingMs = Math.max(ms - this.answerMs, ms / 8, 1);
    const fits = (bytes / carryingMs) * this.pieceMs;
    const grown = Math.min(fits, this.bytes * 2, LARGEST_PIECE_BYTES);
    this.bytes = Math.max(Math.round(grown), SMALLEST_PIECE_BYTES);
  }

  /** A piece was lost: the line is worse than it was taken for. */
  lost(): void {
    this.bytes = Math.max(Math.round(this.bytes * 0.75), SMALLEST_PIECE_BYTES);
  }
}

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: Bytes;
}

export interface Sending {
  readonly sha256: string;
  readonly bytes: Bytes;
  readonly mediaType: string;
  readonly pace: Pace;
  /** Sends one signed request; throws Unreachable. */
  readonly exchange: (call: Call) => Promise<Answer>;
  /** Asked before each piece: something more urgent has come up. */
  readonly mustYield: () => Promise<boolean>;
  readonly onProgress: (bytes: number) => void;
}

class Paused extends Error {}

/**
 * Resolves with true when the server holds the whole photo, with false when it made way for
 * something more urgent. Throws Refused or Unreachable; what has arrived by then is kept there.
 */
export async function uploadPhoto(sending: Sending): Promise<boolean> {
  // Sixteen kilobytes that the first screen does not need.
  const tus = await import("tus-js-client");
  return new Promise<boolean>((resolve, reject) => {
    const blob = new Blob([sending.bytes]);
    const upload: Upload = new tus.Upload(blob, {
      endpoint: UPLOADS,
      uploadUrl: `${UPLOADS}/${sending.sha256}`,
      metadata: { sha256: sending.sha256, filetype: sending.mediaType },
      chunkSize: sending.pace.bytes,
      uploadDataDuringCreation: true,
      storeFingerprintForResuming: false,
      removeFingerprintOnSuccess: false,
      fingerprint: () => Promise.resolve(sending.sha256),
      retryDelays: RETRY_DELAYS_MS.map((ms) => ms * (0.75 + Math.random() / 2)),
      onShouldRetry: (error) => passes(error as DetailedError),
      fileReader: { openFile: () => Promise.resolve(sourceOf(blob)) },
      httpStack: {
        createRequest: (method, url) =>
          new Request(method, url, sending, () => {
            upload.options.chunkSize = sending.pace.bytes;
          }),
        getName: () => "salur",
      },
      onChunkComplete: (_size, bytes) => sending.onProgress(bytes),
      onSuccess: () => resolve(true),
      onError: (error) => {
        if (causeOf(error) instanceof Paused) resolve(false);
        else reject(reasonOf(error));
      },
    });
    upload.start();
  });
}

function sourceOf(blob: Blob) {
  return {
    size: blob.size,
    slice: (start: number, end: number) =>
      Promise.resolve({ value: blob.slice(start, end), done: end >= blob.size }),
    close: () => undefined,
  };
}

const causeOf = (error: unknown): unknown => (error as DetailedError).causingError ?? error;

/** A cut, and two pieces of one photo at once, pass by themselves; nothing else is tried again. */
function passes(error: DetailedError): boolean {
  const status = error.originalResponse?.getStatus();
  const cause = causeOf(error);
  if (status === undefined) return cause instanceof Unreachable && cause.retryAfterMs === null;
  return status === 409 || status === 423 || status === 460;
}

/** The library's error as one of ours. */
function reasonOf(error: Error | DetailedError): unknown {
  const answer = (error as DetailedError).originalResponse?.getUnderlyingObject() as
    Answer | undefined;
  if (answer === undefined) return causeOf(error);
  try {
    settled(answer);
  } catch (refusal) {
    return refusal;
  }
  return error;
}

/** The library's way to the server: signed like every other request of this phone. */
class Request implements HttpRequest {
  private readonly headers: Record<string, string> = {};

  constructor(
    private readonly method: string,
    private readonly url: string,
    private readonly sending: Sending,
    private readonly learned: () => void,
  ) {}

  getMethod = (): string => this.method;
  getURL = (): string => this.url;
  getHeader = (name: string): string | undefined => this.headers[name];
  setHeader(name: string, value: string): void {
    this.headers[name] = value;
  }
  setProgressHandler = (): void => undefined;
  abort = (): Promise<void> => Promise.resolve();
  getUnderlyingObject = (): null => null;

  async send(body: Blob | null): Promise<HttpResponse> {
    const bytes = body ? new Uint8Array(await body.arrayBuffer()) : new Uint8Array();
    if (bytes.length && (await this.sending.mustYield())) throw new Paused();
    const { method, headers } = this;
    const path = new URL(this.url).pathname.slice(BASE.length);
    const { pace } = this.sending;
    const began = performance.now();
    let answer: Answer;
    try {
      // A browser refuses even an empty body with HEAD.
      const call = { method, path, headers };
      answer = await this.sending.exchange(bytes.length ? { ...call, body: bytes } : call);
      const ms = performance.now() - began;
      if (!bytes.length) pace.answered(ms);
      else if (answer.status < 300) pace.arrived(bytes.length, ms);
    } catch (error) {
      if (bytes.length) pace.lost();
      throw error;
    } finally {
      this.learned();
    }
    // Busy: the library would go on with the next request at once.
    if (answer.status === 429) settled(answer);
    return {
      getStatus: () => answer.status,
      getHeader: (name) => answer.headers.get(name) ?? undefined,
      getBody: () => "",
      getUnderlyingObject: () => answer,
    };
  }
}
