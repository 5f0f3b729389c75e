/** Requests to the server: signed by this phone, bounded in time, with errors that say what to do. */

import { clockErrorMs, correctedNow, hearServerTime } from "../device/clock";
import { utf8, type Bytes } from "../domain/encoding";
import { authorization } from "../domain/signing";
import { readDevice } from "../store/identity";
import { isPractice } from "../store/preferences";

export const BASE = "/api/field/v1";
const TIMEOUT_MS = 30_000;
const UPLOAD_TIMEOUT_MS = 120_000;

/** The server answered, and said no. */
export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly details: unknown,
  ) {
    super(`${status} ${code}`);
  }
}

/** No answer came: no network, a cut, or a server that is down or busy. */
export class Unreachable extends Error {
  constructor(
    message: string,
    /** What a busy server asks for before the next try. */
    readonly retryAfterMs: number | null = null,
  ) {
    super(message);
  }
}

const LONGEST_ASKED_MS = 10 * 60_000;

/** The seconds of `Retry-After`, as this server writes it; null for anything else. */
function retryAfterMs(headers: Headers): number | null {
  const text = headers.get("Retry-After") ?? "";
  return /^[0-9]{1,6}$/.test(text) ? Math.min(LONGEST_ASKED_MS, Number(text) * 1000) : null;
}

type Loose = Record<string, unknown>;

interface Call {
  readonly method: string;
  readonly path: string;
  readonly body?: Bytes;
  readonly type?: string;
  readonly headers?: Record<string, string>;
  readonly signed: boolean;
}

/** What came back, whatever it says. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly data: Loose;
}

async function send(call: Call): Promise<Answer> {
  if (isPractice()) throw new Unreachable("practice never reaches the server");
  const path = BASE + call.path;
  const headers: Record<string, string> = { ...call.headers };
  if (call.type) headers["Content-Type"] = call.type;
  if (call.signed) {
    const device = await readDevice();
    if (!device) throw new Refused(401, "not_enrolled", null);
    headers["Authorization"] = await authorization(
      device.private_key,
      device.device_id,
      call.method,
      path,
      call.body ?? new Uint8Array(),
      correctedNow(),
    );
  }
  const upload = (call.body?.length ?? 0) > 64 * 1024;
  let response: Response;
  try {
    response = await fetch(path, {
      method: call.method,
      headers,
      body: call.body ?? null,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(upload ? UPLOAD_TIMEOUT_MS : TIMEOUT_MS),
    });
  } catch (error) {
    throw new Unreachable(String(error));
  }
  let data: Loose = {};
  if (response.headers.get("Content-Type")?.includes("json") && call.method !== "HEAD") {
    data = ((await response.json().catch(() => null)) ?? {}) as Loose;
  }
  hearServerTime(data["server_time"]);
  return { status: response.status, headers: response.headers, data };
}

/** Throws Unreachable. A request refused for a wrong clock is signed again once. */
export async function exchange(call: Call): Promise<Answer> {
  const before = clockErrorMs();
  const answer = await send(call);
  const clockLearned = Math.abs(clockErrorMs() - before) > 60_000;
  return answer.status === 401 && call.signed && clockLearned ? send(call) : answer;
}

/** What a good answer says. Throws Refused or Unreachable for any other. */
export function settled(answer: Answer): Loose {
  if (answer.status >= 500 || answer.status === 429 || answer.status === 408) {
    throw new Unreachable(`server answered ${answer.status}`, retryAfterMs(answer.headers));
  }
  if (answer.status >= 400) {
    const detail = answer.data["error"] ?? answer.data["detail"];
    const code = answer.data["code"] ?? (detail as Loose | undefined)?.["code"] ?? "refused";
    throw new Refused(answer.status, String(code), answer.data);
  }
  return answer.data;
}

export const request = async (call: Call): Promise<Loose> => settled(await exchange(call));

export const getJson = (path: string): Promise<Loose> =>
  request({ method: "GET", path, signed: true });

export const postJson = (path: string, value: unknown, signed = true): Promise<Loose> =>
  request({
    method: "POST",
    path,
    body: utf8(JSON.stringify(value)),
    type: "application/json",
    signed,
  });
