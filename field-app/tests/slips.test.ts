import { describe, expect, it } from "vitest";
import { fromBase64url, hex } from "../src/domain/encoding";
import { readSlip, slipBytes, slipText, trustOfSlip, type Slip } from "../src/domain/slips";
import { base64url } from "../src/domain/encoding";
import { golden } from "./golden";

interface GoldenSlips {
  device_key: { x: string; y: string };
  good: { content: Slip & { v: 1 }; bytes: string; signature: string; text: string }[];
  bad: { why: string; text: string }[];
}

const { device_key, good, bad } = golden<GoldenSlips>("slips");
const key = `04${hex(fromBase64url(device_key.x))}${hex(fromBase64url(device_key.y))}`;
const signer = good[0]!.content.from;
const OTHER = "019ac5a0-0000-7000-8000-000000000008";

describe("slips between phones", () => {
  it("are written and read as the contract says", () => {
    for (const row of good) {
      const { v: _version, ...slip } = row.content;
      expect(base64url(slipBytes(slip as Slip))).toBe(row.bytes);
      const read = readSlip(row.text);
      expect(read?.slip).toEqual(slip);
      expect(slipText(read!.signed)).toBe(row.text);
    }
  });

  it("are believed when a peer signed them for this phone", async () => {
    for (const row of good) {
      const trust = await trustOfSlip(readSlip(row.text)!, [{ device: signer, key }], OTHER);
      expect(trust).toBe("trusted");
    }
  });

  it("are not believed from strangers, nor when they are for another phone", async () => {
    const addressed = readSlip(good.find((row) => row.content.to === OTHER)!.text)!;
    expect(await trustOfSlip(addressed, [], OTHER)).toBe("stranger");
    expect(await trustOfSlip(addressed, [{ device: signer, key }], signer)).toBe("not_for_us");
  });

  it("are nothing when altered, cut or something else", async () => {
    for (const { text } of bad) {
      const read = readSlip(text);
      if (!read) continue;
      expect(await trustOfSlip(read, [{ device: signer, key }], OTHER)).toBe("stranger");
    }
  });
});
