/** The face models in a thread of their own: the screen never waits for them. */

import * as ort from "onnxruntime-web/wasm";
import wasmUrl from "onnxruntime-web/ort-wasm-simd-threaded.wasm?url";
import {
  align,
  cosine,
  DETECTOR_SIDE,
  CROP_SIDE,
  detectorInput,
  embedderInput,
  facesIn,
  unit,
  type Outputs,
} from "../../domain/faces/finding";
import { faultsOf, verdictOf } from "../../domain/faces/judging";
import { fromRgba, letterbox, type Picture } from "../../domain/faces/pictures";
import type { Answer, Question } from "./protocol";

ort.env.wasm.numThreads = 1;
ort.env.wasm.wasmPaths = { wasm: wasmUrl };

interface Models {
  readonly detector: ort.InferenceSession;
  readonly embedder: ort.InferenceSession;
}

let models: Promise<Models> | null = null;

async function load(detector: ArrayBuffer, embedder: ArrayBuffer): Promise<Models> {
  const options: ort.InferenceSession.SessionOptions = {
    executionProviders: ["wasm"],
    // As on the server: the quantised weights are unpacked once, not at every call.
    extra: { session: { disable_quant_qdq: "1" } },
  };
  return {
    detector: await ort.InferenceSession.create(new Uint8Array(detector), options),
    embedder: await ort.InferenceSession.create(new Uint8Array(embedder), options),
  };
}

async function pictureOf(jpeg: ArrayBuffer): Promise<Picture> {
  const bitmap = await createImageBitmap(new Blob([jpeg]));
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", {
    willReadFrequently: true,
  });
  if (!context) throw new Error("no canvas to read a picture from");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return fromRgba(width, height, context.getImageData(0, 0, width, height).data);
}

async function run(
  session: ort.InferenceSession,
  name: string,
  data: Float32Array,
  side: number,
): Promise<Outputs> {
  const results = await session.run({
    [name]: new ort.Tensor("float32", data, [1, 3, side, side]),
  });
  const outputs: Record<string, Float32Array> = {};
  for (const [key, tensor] of Object.entries(results)) {
    outputs[key] = tensor.data as Float32Array;
    tensor.dispose();
  }
  return outputs;
}

async function check(jpeg: ArrayBuffer, template: Int8Array | null): Promise<Answer> {
  if (!models) throw new Error("the models are not loaded");
  const { detector, embedder } = await models;
  const picture = await pictureOf(jpeg);
  const { square, scale } = letterbox(picture, DETECTOR_SIDE);
  const faces = facesIn(await run(detector, "input", detectorInput(square), DETECTOR_SIDE), scale);
  const meant = faces.find(({ score }) => score >= 0.8) ?? faces[0];
  const crop = meant ? align(picture, meant) : null;
  const faults = faultsOf(picture, faces, crop);
  let likeness: number | null = null;
  let vector: Float32Array | null = null;
  if (crop) {
    const { fc1 } = await run(embedder, "data", embedderInput(crop), CROP_SIDE);
    vector = unit(fc1!);
    if (template) likeness = cosine(vector, template);
  }
  return { kind: "checked", likeness, vector, ...verdictOf(likeness, faults) };
}

addEventListener("message", (event: MessageEvent<Question & { id: number }>) => {
  const question = event.data;
  const answer = async (): Promise<Answer> => {
    if (question.kind === "load") {
      models = load(question.detector, question.embedder);
      await models;
      return { kind: "loaded" };
    }
    return check(question.jpeg, question.template);
  };
  answer()
    .catch((error: unknown): Answer => ({ kind: "failed", why: String(error) }))
    .then((said) => postMessage({ ...said, id: question.id }));
});
