/** Reads QR codes off the camera. Loaded only when somebody scans: its WebAssembly is 1 MB. */

import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import wasmUrl from "zxing-wasm/reader/zxing_reader.wasm?url";

prepareZXingModule({
  overrides: {
    locateFile: (path: string, prefix: string) =>
      path.endsWith(".wasm") ? wasmUrl : prefix + path,
  },
});

/** Large enough for a letter's code at arm's length, small enough for a slow phone. */
const FRAME_PX = 960;

/** Where the service worker looks for it; the page may fill it before the worker is awake. */
const CACHE = "scanner";

/** Fetches the WebAssembly once and keeps it, so that letters are read without a network too. */
export async function keepScanner(): Promise<void> {
  const cache = await caches.open(CACHE);
  if (!(await cache.match(wasmUrl, { ignoreVary: true }))) await cache.add(wasmUrl);
}

/** The text of the QR code in the frame that stands on the glass now, or null. */
export async function readCode(
  video: HTMLVideoElement,
  canvas: HTMLCanvasElement,
): Promise<string | null> {
  if (!video.videoWidth) return null;
  const scale = Math.min(1, FRAME_PX / Math.max(video.videoWidth, video.videoHeight));
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(video, 0, 0, canvas.width, canvas.height);
  const frame = context.getImageData(0, 0, canvas.width, canvas.height);
  const [code] = await readBarcodes(frame, {
    formats: ["QRCode"],
    tryHarder: true,
    maxNumberOfSymbols: 1,
  });
  return code?.text || null;
}
