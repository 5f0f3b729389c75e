/**
 * Is the photo good enough, and is it the same person? Advice while the family stands there: the
 * server judges again from the photo. The figures are the server's `identity/rules.py`.
 */

import type { Verdict } from "../events";
import type { Face } from "./finding";
import type { Picture } from "./pictures";

export const LIMITS = {
  matchFrom: 0.43,
  reviewFrom: 0.36,
  score: 0.8,
  secondFaceShare: 0.1,
  eyeDistancePx: 60,
  yaw: 0.35,
  rollDegrees: 20,
  sidewaysDegrees: 45,
  sharpness: 3,
  darkBelow: 50,
  brightAbove: 205,
  glareShare: 0.3,
} as const;
const GLARE_FROM = 235;
const CORE_FROM = 16;
const CORE = 80;

/** Everything that is wrong with the photo, the gravest first, in the server's codes. */
export function faultsOf(picture: Picture, faces: readonly Face[], crop: Picture | null): string[] {
  const sure = faces.filter(({ score }) => score >= LIMITS.score);
  const [face, second] = sure.length ? sure : faces;
  if (!face || !crop) return ["no_face"];
  const area = ({ width, height }: Face): number => width * height;
  const [right, left, nose] = face.landmarks;
  const line = { re: left!.re - right!.re, im: left!.im - right!.im };
  const apart = Math.hypot(line.re, line.im);
  const along =
    ((nose!.re - right!.re) * line.re + (nose!.im - right!.im) * line.im) / (apart * apart);
  const roll = Math.abs((Math.atan2(line.im, line.re) * 180) / Math.PI);
  const light = lightOf(crop);
  const outside = face.landmarks.some(
    ({ re, im }) => re < 0 || im < 0 || re >= picture.width || im >= picture.height,
  );
  const faults: readonly (readonly [string, boolean])[] = [
    ["several_faces", sure.length > 1 && area(second!) / area(face) >= LIMITS.secondFaceShare],
    ["sideways", roll >= LIMITS.sidewaysDegrees],
    ["tilted", roll >= LIMITS.rollDegrees && roll < LIMITS.sidewaysDegrees],
    ["turned_away", Math.abs(2 * (along - 0.5)) >= LIMITS.yaw],
    ["face_small", apart < LIMITS.eyeDistancePx],
    ["face_cut_off", outside],
    ["dark", light.brightness < LIMITS.darkBelow],
    ["bright", light.brightness > LIMITS.brightAbove],
    ["glare", light.glare >= LIMITS.glareShare],
    ["blurred", light.sharpness <= LIMITS.sharpness],
    ["face_unclear", face.score < LIMITS.score],
  ];
  return faults.filter(([, holds]) => holds).map(([code]) => code);
}

function lightOf(crop: Picture): { brightness: number; glare: number; sharpness: number } {
  const grey = new Int32Array(CORE * CORE);
  for (let y = 0; y < CORE; y++) {
    for (let x = 0; x < CORE; x++) {
      const at = ((y + CORE_FROM) * crop.width + x + CORE_FROM) * 3;
      const [r, g, b] = [crop.data[at]!, crop.data[at + 1]!, crop.data[at + 2]!];
      grey[y * CORE + x] = Math.floor((299 * r + 587 * g + 114 * b + 500) / 1000);
    }
  }
  let [sum, glaring, edges, squares] = [0, 0, 0, 0];
  for (const value of grey) {
    sum += value;
    if (value > GLARE_FROM) glaring += 1;
  }
  for (let y = 1; y < CORE - 1; y++) {
    for (let x = 1; x < CORE - 1; x++) {
      const at = y * CORE + x;
      const edge =
        grey[at - CORE]! + grey[at + CORE]! + grey[at - 1]! + grey[at + 1]! - 4 * grey[at]!;
      edges += edge;
      squares += edge * edge;
    }
  }
  const inner = (CORE - 2) ** 2;
  const variance = squares / inner - (edges / inner) ** 2;
  return {
    brightness: sum / grey.length,
    glare: glaring / grey.length,
    sharpness: Math.log1p(variance),
  };
}

/** What the likeness means; a photo that is not good enough is taken again, whatever it says. */
export function verdictOf(
  likeness: number | null,
  faults: readonly string[],
): { readonly verdict: Verdict; readonly reasons: readonly string[] } {
  if (faults.length) return { verdict: "capture_again", reasons: faults };
  if (likeness === null) return { verdict: "review", reasons: ["no_reference"] };
  if (likeness >= LIMITS.matchFrom) return { verdict: "match", reasons: [] };
  if (likeness >= LIMITS.reviewFrom) return { verdict: "review", reasons: ["likeness_in_doubt"] };
  return { verdict: "capture_again", reasons: ["likeness_low"] };
}

/** A template as it travels: 128 signed bytes, of which only the direction counts. */
export function readTemplate(base64: string): Int8Array | null {
  try {
    const binary = atob(base64);
    if (binary.length !== 128) return null;
    return Int8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}
