/**
 * Pictures in, pictures out: resampling in whole numbers, defined to the last bit in the server's
 * `identity/images.py`, so that the same face gives the same numbers here and there.
 */

/** RGB, three bytes a pixel, row by row. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

export interface Complex {
  readonly re: number;
  readonly im: number;
}

const BITS = 11;
const ONE = 1 << BITS;
const HALF = 2 ** (2 * BITS - 1);

/** From what a canvas gives: RGBA, its transparency left out. */
export function fromRgba(width: number, height: number, rgba: Uint8ClampedArray): Picture {
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) {
    data[to] = rgba[from]!;
    data[to + 1] = rgba[from + 1]!;
    data[to + 2] = rgba[from + 2]!;
  }
  return { width, height, data };
}

/** Mean of k × k blocks; what is beyond the last whole block is cut off. */
export function reduceBy(picture: Picture, k: number): Picture {
  if (k <= 1) return picture;
  const width = Math.floor(picture.width / k);
  const height = Math.floor(picture.height / k);
  const data = new Uint8Array(width * height * 3);
  const half = Math.floor((k * k) / 2);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++, to++) {
        let sum = half;
        for (let dy = 0; dy < k; dy++) {
          let from = ((y * k + dy) * picture.width + x * k) * 3 + c;
          for (let dx = 0; dx < k; dx++, from += 3) sum += picture.data[from]!;
        }
        data[to] = Math.floor(sum / (k * k));
      }
    }
  }
  return { width, height, data };
}

const clamp = (value: number, length: number): number => Math.min(Math.max(value, 0), length - 1);

/** Writes the blend of the four pixels around (px, py), in units of 1/2048 pixel, to `out` at `to`. */
function blend(picture: Picture, px: number, py: number, out: Uint8Array, to: number): void {
  const x = Math.floor(px / ONE);
  const y = Math.floor(py / ONE);
  const fx = px - x * ONE;
  const fy = py - y * ONE;
  const left = clamp(x, picture.width);
  const right = clamp(x + 1, picture.width);
  const top = clamp(y, picture.height) * picture.width;
  const bottom = clamp(y + 1, picture.height) * picture.width;
  const { data } = picture;
  for (let c = 0; c < 3; c++) {
    const upper = data[(top + left) * 3 + c]! * (ONE - fx) + data[(top + right) * 3 + c]! * fx;
    const lower =
      data[(bottom + left) * 3 + c]! * (ONE - fx) + data[(bottom + right) * 3 + c]! * fx;
    // Beyond 32 bits in a signed shift, exact in doubles.
    out[to + c] = Math.floor((upper * (ONE - fy) + lower * fy + HALF) / 2 ** (2 * BITS));
  }
}

export function resize(picture: Picture, width: number, height: number): Picture {
  const k = Math.max(
    1,
    Math.min(Math.floor(picture.width / width), Math.floor(picture.height / height)),
  );
  const reduced = reduceBy(picture, k);
  const position = (at: number, source: number, target: number): number =>
    Math.floor(((2 * at + 1) * source * ONE) / (2 * target * k)) - ONE / 2;
  const data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const py = position(y, picture.height, height);
    for (let x = 0; x < width; x++, to += 3) {
      blend(reduced, position(x, picture.width, width), py, data, to);
    }
  }
  return { width, height, data };
}

/** The picture in the top left corner of a black square, and original pixels per its pixel. */
export function letterbox(picture: Picture, side: number): { square: Picture; scale: number } {
  const longer = Math.max(picture.width, picture.height);
  const fit = (length: number): number =>
    Math.max(1, Math.floor((length * side + Math.floor(longer / 2)) / longer));
  const small = resize(picture, fit(picture.width), fit(picture.height));
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < small.height; y++) {
    const row = small.data.subarray(y * small.width * 3, (y + 1) * small.width * 3);
    data.set(row, y * side * 3);
  }
  return { square: { width: side, height: side, data }, scale: longer / side };
}

/** The crop of side × side pixels that z → a·z + b cuts out of the picture; outside is black. */
export function warp(picture: Picture, a: Complex, b: Complex, side: number): Picture {
  const size = a.re * a.re + a.im * a.im;
  const k = Math.max(1, Math.floor(1 / Math.sqrt(size)));
  const reduced = reduceBy(picture, k);
  const data = new Uint8Array(side * side * 3);
  const position = (value: number): number => Math.floor(((value + 0.5) / k - 0.5) * ONE + 0.5);
  for (let y = 0, to = 0; y < side; y++) {
    for (let x = 0; x < side; x++, to += 3) {
      const re = x - b.re;
      const im = y - b.im;
      const px = position((re * a.re + im * a.im) / size);
      const py = position((im * a.re - re * a.im) / size);
      const inside =
        px > -ONE &&
        py > -ONE &&
        Math.floor(px / ONE) < reduced.width &&
        Math.floor(py / ONE) < reduced.height;
      if (inside) blend(reduced, px, py, data, to);
    }
  }
  return { width: side, height: side, data };
}
