/** From the detector's numbers to faces, and from a face to the crop that the embedder expects. */

import { warp, type Complex, type Picture } from "./pictures";

export const DETECTOR_SIDE = 320;
export const CROP_SIDE = 112;
export const VECTOR_LENGTH = 128;
const STRIDES = [8, 16, 32] as const;
const FAINTEST_SCORE = 0.5;
const NMS_OVERLAP = 0.3;
const MOST_FACES = 50;

/** Where the embedder expects right eye, left eye, nose, right and left corner of the mouth. */
const CANONICAL: readonly Complex[] = [
  { re: 38.2946, im: 51.6963 },
  { re: 73.5318, im: 51.5014 },
  { re: 56.0252, im: 71.7366 },
  { re: 41.5493, im: 92.3655 },
  { re: 70.7299, im: 92.2041 },
];

/** One face in pixels of the picture; landmarks in the order above, by the person's own right. */
export interface Face {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly score: number;
  readonly landmarks: readonly Complex[];
}

export type Outputs = Readonly<Record<string, Float32Array>>;

/** BGR planes, 0 to 255, as the detector was trained. */
export const detectorInput = (square: Picture): Float32Array => planes(square, [2, 1, 0]);
/** RGB planes, 0 to 255. */
export const embedderInput = (crop: Picture): Float32Array => planes(crop, [0, 1, 2]);

function planes({ data }: Picture, order: readonly number[]): Float32Array {
  const pixels = data.length / 3;
  const out = new Float32Array(data.length);
  order.forEach((channel, plane) => {
    for (let i = 0; i < pixels; i++) out[plane * pixels + i] = data[i * 3 + channel]!;
  });
  return out;
}

/** Faces from largest to smallest, in pixels of the original; doubtful ones included. */
export function facesIn(outputs: Outputs, scale: number): Face[] {
  const found = STRIDES.flatMap((stride) => decoded(outputs, stride));
  return suppressed(found)
    .map((face) => scaled(face, scale))
    .sort((a, b) => b.width * b.height - a.width * a.height);
}

function decoded(outputs: Outputs, stride: number): Face[] {
  const side = DETECTOR_SIDE / stride;
  const cls = outputs[`cls_${stride}`]!;
  const obj = outputs[`obj_${stride}`]!;
  const box = outputs[`bbox_${stride}`]!;
  const points = outputs[`kps_${stride}`]!;
  const faces: Face[] = [];
  for (let i = 0; i < side * side; i++) {
    const score = Math.sqrt(Math.min(1, Math.max(0, Math.fround(cls[i]! * obj[i]!))));
    if (score < FAINTEST_SCORE) continue;
    const row = Math.floor(i / side);
    const column = i % side;
    const width = Math.exp(box[i * 4 + 2]!) * stride;
    const height = Math.exp(box[i * 4 + 3]!) * stride;
    faces.push({
      score,
      width,
      height,
      x: (column + box[i * 4]!) * stride - width / 2,
      y: (row + box[i * 4 + 1]!) * stride - height / 2,
      landmarks: CANONICAL.map((_, n) => ({
        re: (column + points[i * 10 + 2 * n]!) * stride,
        im: (row + points[i * 10 + 2 * n + 1]!) * stride,
      })),
    });
  }
  return faces;
}

/** The best first, then only what overlaps it by no more than 0.3. */
function suppressed(faces: readonly Face[]): Face[] {
  let waiting = [...faces].sort((a, b) => b.score - a.score);
  const kept: Face[] = [];
  while (waiting.length && kept.length < MOST_FACES) {
    const best = waiting[0]!;
    kept.push(best);
    waiting = waiting.slice(1).filter((face) => overlap(best, face) <= NMS_OVERLAP);
  }
  return kept;
}

function overlap(a: Face, b: Face): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  const shared = Math.max(0, width) * Math.max(0, height);
  return shared / (a.width * a.height + b.width * b.height - shared);
}

const scaled = (face: Face, scale: number): Face => ({
  score: face.score,
  x: face.x * scale,
  y: face.y * scale,
  width: face.width * scale,
  height: face.height * scale,
  landmarks: face.landmarks.map(({ re, im }) => ({ re: re * scale, im: im * scale })),
});

const mean = (points: readonly Complex[]): Complex => ({
  re: points.reduce((sum, { re }) => sum + re, 0) / points.length,
  im: points.reduce((sum, { im }) => sum + im, 0) / points.length,
});

/** The crop in which eyes, nose and mouth stand where they are expected: least squares, no mirror. */
export function align(picture: Picture, face: Face): Picture {
  const from = mean(face.landmarks);
  const to = mean(CANONICAL);
  let [re, im, norm] = [0, 0, 0];
  face.landmarks.forEach((point, i) => {
    const p = { re: point.re - from.re, im: point.im - from.im };
    const q = { re: CANONICAL[i]!.re - to.re, im: CANONICAL[i]!.im - to.im };
    re += p.re * q.re + p.im * q.im;
    im += p.re * q.im - p.im * q.re;
    norm += p.re * p.re + p.im * p.im;
  });
  const a = { re: re / norm, im: im / norm };
  const b = {
    re: to.re - (a.re * from.re - a.im * from.im),
    im: to.im - (a.re * from.im + a.im * from.re),
  };
  return warp(picture, a, b, CROP_SIDE);
}

/** Of length one. */
export function unit(vector: Float32Array): Float32Array {
  let norm = 0;
  for (const value of vector) norm += value * value;
  return vector.map((value) => value / Math.sqrt(norm));
}

/** Likeness from −1 to 1 of two vectors, whatever their length. */
export function cosine(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! * a[i]!;
    bb += b[i]! * b[i]!;
  }
  return dot / Math.sqrt(aa * bb);
}
