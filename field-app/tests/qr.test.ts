import { readFileSync } from "node:fs";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { beforeAll, describe, expect, it } from "vitest";
import { drawCode } from "../src/device/qr";
import { readSlip, signSlip, slipText, type Slip } from "../src/domain/slips";
import { makeDeviceKey } from "../src/store/identity";
import { DEVICE } from "./cast";

const PIXELS = 4;

/** The drawing as a screen would show it and a camera see it. */
function photographed(text: string) {
  const { size, path } = drawCode(text);
  const side = size * PIXELS;
  const data = new Uint8ClampedArray(side * side * 4).fill(255);
  for (const [, x = "", y = "", width = ""] of path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let row = Number(y) * PIXELS; row < (Number(y) + 1) * PIXELS; row++) {
      const from = row * side + Number(x) * PIXELS;
      for (let at = from; at < from + Number(width) * PIXELS; at++)
        data.fill(0, at * 4, at * 4 + 3);
    }
  }
  return { data, width: side, height: side, colorSpace: "srgb" } as ImageData;
}

async function seen(text: string): Promise<string | undefined> {
  const [code] = await readBarcodes(photographed(text), { formats: ["QRCode"] });
  return code?.text;
}

const ids = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => `019ac5a0-1111-7000-8000-${String(i).padStart(12, "0")}`);

describe("a slip on a screen", () => {
  beforeAll(() => {
    const wasm = readFileSync("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm");
    prepareZXingModule({ overrides: { wasmBinary: wasm.buffer as ArrayBuffer } });
  });

  const slip: Slip = {
    id: "019ac5a0-7777-7000-8000-000000000001",
    slip: "cash_give",
    from: DEVICE,
    to: "019ac5a0-0000-7000-8000-000000000008",
    session: "019ac5a0-8888-7000-8000-000000000001",
    time: "2026-11-30T01:41:07.123Z",
    body: {
      transfer: "019ac5a0-7777-7000-8000-000000000002",
      total: 99_999 * 188_000,
      notes: [100_000, 50_000, 20_000, 10_000, 5_000, 2_000, 1_000].map((value) => [value, 99_999]),
    },
  };

  it("is read by another phone's scanner as it was signed, with every kind of note", async () => {
    const { privateKey } = await makeDeviceKey();
    const signed = await signSlip(slip, privateKey);
    expect(readSlip((await seen(slipText(signed))) ?? "")?.signed).toEqual(signed);
  });

  it("holds as many visits as one release may name", async () => {
    const { privateKey } = await makeDeviceKey();
    const release: Slip = { ...slip, slip: "release", body: { visits: ids(20) } };
    const text = slipText(await signSlip(release, privateKey));
    expect(await seen(text)).toBe(text);
  });
});
