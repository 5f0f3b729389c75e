import { useEffect, useState } from "preact/hooks";
import type { EvidenceRef } from "../../domain/events";
import { readEvidence } from "../../store/evidence";

/** A picture as it was kept, so that the officer sees what will be sent. */
export function EvidencePicture({
  reference,
  shape,
}: {
  reference: EvidenceRef | null | undefined;
  shape: "face" | "scene";
}) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    let made: string | null = null;
    let wanted = true;
    void (reference && readEvidence(reference.sha256))?.then((kept) => {
      if (!kept?.bytes || !wanted) return;
      made = URL.createObjectURL(new Blob([kept.bytes], { type: kept.media_type }));
      setUrl(made);
    });
    return () => {
      wanted = false;
      if (made) URL.revokeObjectURL(made);
    };
  }, [reference?.sha256]);
  return url ? <img class={`picture picture-${shape}`} src={url} alt="" /> : null;
}
