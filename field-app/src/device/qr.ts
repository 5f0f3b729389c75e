/** Draws QR codes. Loaded only when somebody shows one. */

import qrcode from "qrcode-generator";

/** The white border without which a camera does not find the code. */
const QUIET = 4;

export interface Drawing {
  /** Modules along one side, the border included. */
  readonly size: number;
  /** The dark modules, as the path of an SVG of that size. */
  readonly path: string;
}

/**
 * The smallest code that holds the text. Least redundancy: it is read off a bright screen at once,
 * never from worn paper, and larger modules help a cheap camera more. Throws when the text is longer
 * than any code can hold.
 */
export function drawCode(text: string): Drawing {
  const code = qrcode(0, "L");
  code.addData(text, "Byte");
  code.make();
  const count = code.getModuleCount();
  const runs: string[] = [];
  for (let row = 0; row < count; row++) {
    for (let from = 0; from < count; from++) {
      if (!code.isDark(row, from)) continue;
      let to = from + 1;
      while (to < count && code.isDark(row, to)) to++;
      runs.push(`M${from + QUIET} ${row + QUIET}h${to - from}v1h${from - to}z`);
      from = to;
    }
  }
  return { size: count + 2 * QUIET, path: runs.join("") };
}
