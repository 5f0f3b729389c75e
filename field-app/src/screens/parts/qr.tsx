/** A code for another phone's camera: black on white in any light, as wide as the screen allows. */

import { useEffect, useState } from "preact/hooks";
import type { Drawing } from "../../device/qr";
import { t } from "../../i18n";
import { Notice } from "./pieces";

/** `label` says to those who do not see it what the code is for. */
export function QrCode({ text, label }: { text: string; label: string }) {
  const [drawing, setDrawing] = useState<Drawing | "failed" | null>(null);
  useEffect(() => {
    let wanted = true;
    void import("../../device/qr")
      .then((qr) => qr.drawCode(text))
      .catch((): "failed" => "failed")
      .then((drawn) => {
        if (wanted) setDrawing(drawn);
      });
    return () => {
      wanted = false;
    };
  }, [text]);
  if (drawing === "failed") return <Notice tone="attention">{t("qr.failed")}</Notice>;
  const size = drawing?.size ?? 1;
  return (
    <svg
      class="qr"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${size} ${size}`}
      shape-rendering="crispEdges"
      data-drawn={drawing ? "yes" : "no"}
    >
      <rect width={size} height={size} fill="#ffffff" />
      {drawing && <path d={drawing.path} fill="#000000" />}
    </svg>
  );
}
