/** The camera inside the page: leaving for another app is how phones lose half a hand-over. */

import type { Bytes } from "../domain/encoding";

export type Facing = "environment" | "user";
export type CameraProblem = "denied" | "missing" | "busy" | "insecure";

export class CameraError extends Error {
  constructor(readonly problem: CameraProblem) {
    super(problem);
  }
}

function problemOf(error: unknown): CameraProblem {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "missing";
}

/** Throws CameraError with a reason that the screen can explain. */
export async function openCamera(facing: Facing): Promise<MediaStream> {
  if (!navigator.mediaDevices?.getUserMedia) throw new CameraError("insecure");
  try {
    return await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: {
        facingMode: { ideal: facing },
        width: { ideal: 1280 },
        height: { ideal: 960 },
      },
    });
  } catch (error) {
    throw new CameraError(problemOf(error));
  }
}

export function closeCamera(stream: MediaStream | null): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Turns the lamp on where there is one; says whether it did. */
export async function setLamp(stream: MediaStream, on: boolean): Promise<boolean> {
  const track = stream.getVideoTracks()[0];
  const able = track?.getCapabilities?.() as { torch?: boolean } | undefined;
  if (!track || !able?.torch) return false;
  await track.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
  return true;
}

export const LONGEST_SIDE_PX = 1280;
const QUALITY = 0.82;

/** The frame that stands on the glass now, as a JPEG of some 100 to 200 kB. */
export async function takePicture(video: HTMLVideoElement): Promise<Bytes> {
  const scale = Math.min(1, LONGEST_SIDE_PX / Math.max(video.videoWidth, video.videoHeight));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(video.videoWidth * scale);
  canvas.height = Math.round(video.videoHeight * scale);
  canvas.getContext("2d")?.drawImage(video, 0, 0, canvas.width, canvas.height);
  const bytes = await canvasBytes(canvas, "image/jpeg", QUALITY);
  canvas.width = canvas.height = 0; // Phones with little memory wait long for the collector.
  return bytes;
}

export async function canvasBytes(
  canvas: HTMLCanvasElement,
  type: "image/jpeg" | "image/png",
  quality?: number,
): Promise<Bytes> {
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, type, quality));
  if (!blob) throw new CameraError("busy");
  return new Uint8Array(await blob.arrayBuffer());
}
