/** What the screen's thread and the models' thread say to each other. */

import type { Verdict } from "../../domain/events";

export type Question =
  | { kind: "load"; detector: ArrayBuffer; embedder: ArrayBuffer }
  | { kind: "check"; jpeg: ArrayBuffer; template: Int8Array | null };

export type Answer =
  | { kind: "loaded" }
  | {
      kind: "checked";
      /** Cosine to the template; null without a template or a face. */
      likeness: number | null;
      /** The face's 128 numbers, for comparisons in tests; never kept. */
      vector: Float32Array | null;
      verdict: Verdict;
      reasons: readonly string[];
    }
  | { kind: "failed"; why: string };
