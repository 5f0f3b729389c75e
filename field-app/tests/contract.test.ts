import { describe, expect, it } from "vitest";
import { canonicalJson, type Json } from "../src/domain/canonical";
import { fromBase64url, hex, utf8, type Bytes } from "../src/domain/encoding";
import { eventBytes, type Bodies, type Kind } from "../src/domain/events";
import { differences, nameCheck, openLetter, trustOfLetter } from "../src/domain/letter";
import { formatRupiah, notesFor, spellRupiah, totalOf } from "../src/domain/money";
import { dammCheckDigit, readTypedNumber } from "../src/domain/numbers";
import { openReceipt, type SignedReceipt } from "../src/domain/receipt";
import { requestText } from "../src/domain/signing";
import { golden } from "./golden";

const sha256 = async (bytes: Bytes): Promise<string> =>
  hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

interface Envelope {
  kind: Kind;
  body: Bodies[Kind];
  event_id: string;
  sequence: number;
  previous: string | null;
  device: string;
  app: string;
  lease: string;
  session: string;
  sop: string;
  visit: string;
  position: null;
  time: { device: string; monotonic_ms: number; server: string | null };
}
interface GoldenEvents {
  device_key: JsonWebKey;
  events: {
    event: Envelope;
    canonical: string;
    sha256: string;
    bytes: string;
    signature: string;
  }[];
}

async function publicKey(jwk: JsonWebKey): Promise<CryptoKey> {
  const { kty, crv, x, y } = jwk as { kty: string; crv: string; x: string; y: string };
  const algorithm = { name: "ECDSA", namedCurve: "P-256" };
  return crypto.subtle.importKey("jwk", { kty, crv, x, y }, algorithm, false, ["verify"]);
}

describe("the contract with the server", () => {
  it("writes canonical JSON byte for byte", async () => {
    const { cases } = golden<{ cases: { value: Json; canonical: string; sha256: string }[] }>(
      "canonical",
    );
    for (const row of cases) {
      expect(canonicalJson(row.value)).toBe(row.canonical);
      expect(await sha256(utf8(row.canonical))).toBe(row.sha256);
    }
  });

  it("refuses to sign numbers that do not survive the way", () => {
    for (const number of [NaN, Infinity, 2 ** 60]) expect(() => canonicalJson(number)).toThrow();
  });

  it("writes each kind of event as the server expects it, chained by hashes", async () => {
    const { events } = golden<GoldenEvents>("events");
    let previous: string | null = null;
    for (const row of events) {
      const { kind, body, event_id, sequence, ...place } = row.event;
      const bytes = eventBytes(kind, body, event_id, place, { sequence, previous });
      expect(new TextDecoder().decode(bytes)).toBe(row.canonical);
      expect(await sha256(bytes)).toBe(row.sha256);
      previous = row.sha256;
    }
  });

  it("signs so that a device's signature is the raw sixty-four bytes", async () => {
    const { events, device_key } = golden<GoldenEvents>("events");
    const key = await publicKey(device_key);
    const algorithm = { name: "ECDSA", hash: "SHA-256" };
    for (const row of events) {
      const [bytes, signature] = [fromBase64url(row.bytes), fromBase64url(row.signature)];
      expect(signature.length).toBe(64);
      expect(await crypto.subtle.verify(algorithm, key, signature, bytes)).toBe(true);
      bytes[5] = (bytes[5] ?? 0) ^ 1;
      expect(await crypto.subtle.verify(algorithm, key, signature, bytes)).toBe(false);
    }
  });

  it("signs a request over method, path, time, nonce and body", async () => {
    const row = golden<{
      method: string;
      path: string;
      device: string;
      unix_ms: number;
      nonce: string;
      body: string;
      text: string;
    }>("request");
    const body = await sha256(utf8(row.body));
    expect(requestText(row.method, row.path, row.device, row.unix_ms, row.nonce, body)).toBe(
      row.text,
    );
  });

  it("believes a receipt only with the server's signature and for this device", async () => {
    const row = golden<{
      public_key: string;
      payload: { device: string; events: string[]; evidence: string[]; time: string };
      receipt: SignedReceipt;
    }>("receipt");
    const { device, events, evidence } = row.payload;
    const opened = await openReceipt(row.receipt, row.public_key, device);
    expect(opened).toMatchObject({ events, evidence });
    expect(await openReceipt(row.receipt, row.public_key, "another")).toBeNull();
    const other = "00".repeat(31) + "01";
    expect(await openReceipt(row.receipt, other, device)).toBeNull();
    const altered = { ...row.receipt, bytes: row.receipt.bytes.replace(/.$/, "A") };
    expect(await openReceipt(altered, row.public_key, device)).toBeNull();
  });
});

interface GoldenLetters {
  public_keys: Record<string, string>;
  good: {
    token: string;
    address: string;
    signed_hex: string;
    claims: {
      visit: string;
      letter_version: number;
      total: number;
      name_check: string;
      payments: { mark: string; amount: number }[];
      tranche: number;
    };
  }[];
  bad: { why: string; token: string }[];
  name_checks: { name: string; hex: string }[];
}

describe("a letter", () => {
  const letters = golden<GoldenLetters>("letters");

  it("is read from its whole address and from its bare token", async () => {
    for (const row of letters.good) {
      for (const text of [row.address, row.token]) {
        const opened = openLetter(text);
        expect(opened && hex(opened.signed)).toBe(row.signed_hex);
        expect(opened?.claims).toMatchObject({
          visit: row.claims.visit,
          letterVersion: row.claims.letter_version,
          total: row.claims.total,
          nameCheck: row.claims.name_check,
          payments: row.claims.payments,
          tranche: row.claims.tranche,
        });
        expect(opened && (await trustOfLetter(opened, letters.public_keys))).toBe("genuine");
      }
    }
  });

  it("is never called genuine when a single character is wrong", async () => {
    for (const row of letters.bad) {
      const opened = openLetter(row.token);
      if (opened) expect(await trustOfLetter(opened, letters.public_keys)).toBe("forged");
    }
    expect(openLetter("https://example.com/")).toBeNull();
    expect(openLetter("")).toBeNull();
  });

  it("is not called forged when this phone does not have the key", async () => {
    const opened = openLetter(letters.good[0]?.token ?? "");
    expect(opened && (await trustOfLetter(opened, {}))).toBe("unknown_key");
  });

  it("names a family by the same short hash as the server", async () => {
    for (const row of letters.name_checks) expect(await nameCheck(row.name)).toBe(row.hex);
  });

  it("says what differs from the lease, which wins", () => {
    const claims = openLetter(letters.good[0]?.token ?? "")?.claims;
    if (!claims) throw new Error("golden letter is unreadable");
    const visit = {
      total: 825_000,
      letter_version: 3,
      payments: [
        { id: "019ac5a1-6666-7000-8000-0000000000a2", amount: 600_000 },
        { id: "019ac5a0-5555-7000-8000-0000000000a1", amount: 225_000 },
      ],
    };
    expect(differences(claims, visit)).toEqual([]);
    expect(differences(claims, { ...visit, letter_version: 4 })).toEqual(["version"]);
    const smaller = { ...visit, total: 600_000, payments: visit.payments.slice(0, 1) };
    expect(differences(claims, smaller)).toEqual(["amount", "payments"]);
  });
});

describe("numbers and money", () => {
  it("finds the check digit that the server prints", () => {
    const rows = golden<{ damm: { digits: string; check: string }[] }>("numbers").damm;
    for (const row of rows) expect(dammCheckDigit(row.digits)).toBe(row.check);
  });

  it("reads a number with or without dashes and refuses one digit wrong", () => {
    const rows = golden<{
      typed: { text: string; printed: string }[];
      refused: { text: string }[];
    }>("numbers");
    for (const row of rows.typed) {
      expect(readTypedNumber(row.text)).toEqual({ kind: "number", printed: row.printed });
    }
    for (const row of rows.refused) expect(readTypedNumber(row.text).kind).not.toBe("number");
  });

  it("finds every single wrong digit and every exchange of neighbours", () => {
    const printed = golden<{ printed: string[] }>("numbers").printed[0] ?? "";
    const digits = printed.replaceAll("-", "");
    for (let i = 0; i < digits.length; i++) {
      for (const other of "0123456789") {
        if (other === digits[i]) continue;
        const typed = digits.slice(0, i) + other + digits.slice(i + 1);
        expect(readTypedNumber(typed).kind).toBe("wrong");
      }
      const [a, b] = [digits[i], digits[i + 1]];
      if (b && a !== b) {
        const typed = digits.slice(0, i) + b + a + digits.slice(i + 2);
        expect(readTypedNumber(typed).kind).toBe("wrong");
      }
    }
  });

  it("writes and says rupiah as the server does, and counts the same notes", () => {
    const rows = golden<{
      written: { amount: number; figures: string; words: string }[];
      negative: { amount: number; figures: string }[];
      notes: { amount: number; notes: [number, number][]; rest: number }[];
    }>("money");
    for (const row of rows.written) {
      expect(formatRupiah(row.amount)).toBe(row.figures);
      expect(spellRupiah(row.amount)).toBe(row.words);
    }
    for (const row of rows.negative) expect(formatRupiah(row.amount)).toBe(row.figures);
    for (const row of rows.notes) {
      expect(notesFor(row.amount)).toEqual({ notes: row.notes, rest: row.rest });
      expect(totalOf(row.notes) + row.rest).toBe(row.amount);
    }
  });
});
