import { describe, expect, it } from "vitest";
import { facesIn, cosine, unit, VECTOR_LENGTH } from "../src/domain/faces/finding";
import { faultsOf, readTemplate, verdictOf } from "../src/domain/faces/judging";
import { resize, warp, type Picture } from "../src/domain/faces/pictures";
import { sha256Hex } from "../src/domain/signing";
import type { Bytes } from "../src/domain/encoding";
import { golden } from "./golden";

interface Golden {
  made: { width: number; height: number; sha256: string };
  resized: { from: [number, number]; to: [number, number]; sha256: string }[];
  warped: {
    from: [number, number];
    a: [number, number];
    b: [number, number];
    side: number;
    sha256: string;
  }[];
}

const { made, resized, warped } = golden<Golden>("pictures");

function makePicture(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      data[to] = (7 * x + 3 * y) % 256;
      data[to + 1] = (x * x + 11 * y) % 256;
      data[to + 2] = 255 * ((Math.floor(x / 2) + Math.floor(y / 3)) % 2);
    }
  }
  return { width, height, data };
}

const told = ({ data }: Picture): Promise<string> => sha256Hex(data as Bytes);

describe("a picture on the phone", () => {
  it("is the one that the contract means", async () => {
    expect(await told(makePicture(made.width, made.height))).toBe(made.sha256);
  });

  it("is resized to the same bytes as on the server", async () => {
    for (const row of resized) {
      expect(await told(resize(makePicture(...row.from), ...row.to))).toBe(row.sha256);
    }
  });

  it("has its face cut out to the same bytes as on the server", async () => {
    for (const row of warped) {
      const [a, b] = [row.a, row.b].map(([re, im]) => ({ re, im }));
      expect(await told(warp(makePicture(...row.from), a!, b!, row.side))).toBe(row.sha256);
    }
  });
});

describe("a face on the phone", () => {
  const empty = (stride: number): Record<string, Float32Array> => {
    const cells = (320 / stride) ** 2;
    return {
      [`cls_${stride}`]: new Float32Array(cells),
      [`obj_${stride}`]: new Float32Array(cells),
      [`bbox_${stride}`]: new Float32Array(cells * 4),
      [`kps_${stride}`]: new Float32Array(cells * 10),
    };
  };

  it("is found where the detector says, once, and a faint one is none", () => {
    const outputs = { ...empty(8), ...empty(16), ...empty(32) };
    for (const cell of [42, 43]) {
      outputs["cls_32"]![cell] = outputs["obj_32"]![cell] = cell === 42 ? 0.95 : 0.9;
      outputs["bbox_32"]!.set([0, 0, 1, 1], cell * 4);
    }
    outputs["cls_16"]![7] = outputs["obj_16"]![7] = 0.3;
    const [face, ...others] = facesIn(outputs, 2);
    expect(others).toEqual([]);
    expect(face!.score).toBeCloseTo(0.95, 5);
    expect(face!.width).toBeCloseTo(Math.E * 32 * 2, 3);
    expect(face!.landmarks[0]).toEqual({ re: 2 * 32 * 2, im: 4 * 32 * 2 });
  });

  it("is judged like on the server: quality first, then likeness", () => {
    expect(verdictOf(0.9, ["blurred"])).toEqual({
      verdict: "capture_again",
      reasons: ["blurred"],
    });
    expect(verdictOf(0.43, []).verdict).toBe("match");
    expect(verdictOf(0.429, []).verdict).toBe("review");
    expect(verdictOf(0.36, []).verdict).toBe("review");
    expect(verdictOf(0.359, [])).toEqual({ verdict: "capture_again", reasons: ["likeness_low"] });
    expect(verdictOf(null, [])).toEqual({ verdict: "review", reasons: ["no_reference"] });
    expect(faultsOf(makePicture(40, 30), [], null)).toEqual(["no_face"]);
  });

  it("is compared with a template of which only the direction counts", () => {
    const vector = unit(Float32Array.from({ length: VECTOR_LENGTH }, (_, i) => Math.sin(i)));
    const bytes = Array.from(vector, (value) => Math.round(value * 700) & 0xff);
    const template = readTemplate(btoa(String.fromCharCode(...bytes)))!;
    expect(cosine(vector, template)).toBeGreaterThan(0.999);
    expect(readTemplate("AAAA")).toBeNull();
    expect(readTemplate("?")).toBeNull();
  });
});
