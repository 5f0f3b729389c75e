/** The other side of the wire, small and obstinate: it keeps the contract and can be told to fail. */

import { canonicalJson, type Json } from "../src/domain/canonical";
import { base64url, fromBase64url, fromUtf8, hex, utf8, type Bytes } from "../src/domain/encoding";
import { sha256Hex } from "../src/domain/signing";
import { DEVICE } from "./cast";

interface Signed {
  event_id: string;
  kind: string;
  sequence: number;
  body: { evidence?: { sha256: string }[] };
}

export class FakeServer {
  readonly events = new Map<string, Signed>();
  readonly evidence = new Map<string, number>();
  readonly log: string[] = [];
  /** Bytes of photos that came up, those that were thrown away included. */
  bytesUp = 0;
  private readonly parts = new Map<string, { length: number; bytes: Bytes }>();
  /** Called before each answer: throw to cut the line, return a response to answer otherwise. */
  before: (method: string, path: string) => Response | void = () => undefined;
  /** Called after the work and before the answer: the line is cut when the server has committed. */
  after: (method: string, path: string) => void = () => undefined;
  unreadable = new Set<number>();
  nowMs = Date.parse("2026-11-30T01:44:02.001Z");
  checksClock = false;
  publicKeyHex = "";
  private receiptKey: CryptoKey | null = null;

  async start(): Promise<void> {
    const pair = (await crypto.subtle.generateKey("Ed25519", true, [
      "sign",
      "verify",
    ])) as CryptoKeyPair;
    this.receiptKey = pair.privateKey;
    const raw = await crypto.subtle.exportKey("raw", pair.publicKey);
    this.publicKeyHex = hex(new Uint8Array(raw));
    globalThis.fetch = ((path: string, init: RequestInit) =>
      this.answer(path, init)) as typeof fetch;
  }

  private json(status: number, data: Record<string, unknown>): Response {
    const body = JSON.stringify({ ...data, server_time: new Date(this.nowMs).toISOString() });
    return new Response(body, { status, headers: { "Content-Type": "application/json" } });
  }

  private async answer(path: string, init: RequestInit): Promise<Response> {
    const method = init.method ?? "GET";
    const short = path.replace("/api/field/v1", "").replace(/[0-9a-f]{60,}/, "#");
    this.log.push(`${method} ${short}`);
    const early = this.before(method, short);
    if (early) return early;
    const header = new Headers(init.headers).get("Authorization") ?? "";
    const at = Number(header.split(".")[1]);
    if (this.checksClock && Math.abs(at - this.nowMs) > 300_000) {
      return this.json(401, { code: "access.clock_off" });
    }
    if (method === "HEAD" && init.body) throw new TypeError("HEAD cannot have a body");
    const body = (init.body as Bytes | null) ?? new Uint8Array();
    const done = path.includes("/uploads")
      ? await this.take(method, path, body, new Headers(init.headers))
      : await this.work(path, body);
    this.after(method, short);
    return done;
  }

  private async work(path: string, body: Bytes): Promise<Response> {
    if (path.endsWith("/events")) return this.keep(body);
    return this.json(200, { visits: [], lease: null, sop: {}, session: null, cursor: null });
  }

  /** tus 1.0.0: core, creation, creation-with-upload. */
  private async take(method: string, path: string, body: Bytes, sent: Headers): Promise<Response> {
    if (sent.get("Tus-Resumable") !== "1.0.0") return this.json(412, {});
    const named = /sha256 ([^,]+)/.exec(sent.get("Upload-Metadata") ?? "")?.[1];
    const sha256 = named ? atob(named) : (path.split("/").at(-1) ?? "");
    const whole = this.evidence.get(sha256);
    const upload = this.parts.get(sha256);
    const at = (offset: number, status: number, length = offset): Response =>
      new Response(null, {
        status,
        headers: {
          "Upload-Offset": String(offset),
          "Upload-Length": String(length),
          Location: `/api/field/v1/uploads/${sha256}`,
        },
      });
    if (method === "HEAD") {
      if (whole !== undefined) return at(whole, 200);
      return upload ? at(upload.bytes.length, 200, upload.length) : this.json(404, {});
    }
    if (method === "POST" && whole !== undefined) return at(whole, 201);
    const room = upload ?? { length: Number(sent.get("Upload-Length")), bytes: new Uint8Array() };
    const offset = Number(sent.get("Upload-Offset") ?? 0);
    this.bytesUp += body.length;
    if (method === "POST" && upload) return at(upload.bytes.length, 201);
    if (method === "PATCH" && offset !== room.bytes.length) return this.json(409, {});
    const bytes = new Uint8Array([...room.bytes, ...body]);
    this.parts.set(sha256, { length: room.length, bytes });
    if (bytes.length === room.length) {
      this.parts.delete(sha256);
      if ((await sha256Hex(bytes)) !== sha256) return this.json(422, { code: "intake.wrong_hash" });
      this.evidence.set(sha256, bytes.length);
    }
    return at(bytes.length, method === "POST" ? 201 : 204);
  }

  private async keep(body: Bytes): Promise<Response> {
    const sent = JSON.parse(fromUtf8(body)) as { events: { bytes: string }[] };
    const parsed = sent.events.map((event) => {
      const bytes = fromBase64url(event.bytes);
      return { bytes, event: JSON.parse(fromUtf8(bytes)) as Signed };
    });
    if (parsed.some(({ event }) => this.unreadable.has(event.sequence))) {
      return this.json(422, { code: "field.malformed" });
    }
    const results = [];
    const hashes: string[] = [];
    const named = new Set<string>();
    for (const { bytes, event } of parsed) {
      const status = this.events.has(event.event_id) ? "known" : "stored";
      this.events.set(event.event_id, event);
      results.push({ event_id: event.event_id, status });
      hashes.push(await sha256Hex(bytes));
      for (const file of event.body.evidence ?? []) named.add(file.sha256);
    }
    const evidence = [...named].filter((file) => this.evidence.has(file));
    return this.json(200, { results, receipt: await this.receipt(hashes, evidence) });
  }

  private async receipt(events: string[], evidence: string[]): Promise<Json> {
    if (!this.receiptKey) throw new Error("the server was not started");
    const time = new Date(this.nowMs).toISOString();
    const bytes = utf8(canonicalJson({ device: DEVICE, events, evidence, time, v: 1 }));
    const signature = await crypto.subtle.sign("Ed25519", this.receiptKey, bytes);
    return { bytes: base64url(bytes), kid: 1, signature: base64url(new Uint8Array(signature)) };
  }
}
