/** One picture that backs up what an officer reports: its words come from the report. */

import type { EvidenceRef } from "../../domain/events";
import { useCapture } from "./camera-view";
import { Frame } from "./frame";

export function ProofPhoto({
  title,
  hint,
  action,
  onTaken,
  onBack,
}: {
  title: string;
  hint: string;
  action: string;
  onTaken: (reference: EvidenceRef) => void;
  onBack: () => void;
}) {
  const capture = useCapture({
    kind: "other",
    shape: "scene",
    hint,
    action,
    onTaken,
    onSkip: onBack,
  });
  return (
    <Frame title={title} back={onBack} footer={capture.footer}>
      <div class="stack">
        <h1>{title}</h1>
        {capture.body}
      </div>
    </Frame>
  );
}
