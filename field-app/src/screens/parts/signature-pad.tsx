/** Signing on glass: black on white whatever the theme, so that it prints. */

import type { RefObject } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { canvasBytes } from "../../device/camera";
import type { Bytes } from "../../domain/encoding";
import { t } from "../../i18n";

export interface SignatureHandle {
  read: () => Promise<Bytes>;
}

const INK = "#101820";
const PAPER = "#ffffff";
/** Shorter than this is a slip of the finger, not a signature. */
const SHORTEST_PX = 60;

export function SignaturePad({
  handle,
  onSigned,
}: {
  handle: RefObject<SignatureHandle | null>;
  onSigned: (signed: boolean) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const length = useRef(0);
  const last = useRef<{ x: number; y: number } | null>(null);
  const [empty, setEmpty] = useState(true);

  const clear = (): void => {
    const glass = canvas.current;
    const context = glass?.getContext("2d");
    if (!glass || !context) return;
    context.fillStyle = PAPER;
    context.fillRect(0, 0, glass.width, glass.height);
    length.current = 0;
    last.current = null;
    setEmpty(true);
    onSigned(false);
  };

  useEffect(() => {
    const glass = canvas.current;
    if (!glass) return;
    // Drawn at twice the size of the glass, so that thin strokes survive printing.
    glass.width = glass.clientWidth * 2;
    glass.height = glass.clientHeight * 2;
    clear();
    handle.current = { read: () => canvasBytes(glass, "image/png") };
  }, []);

  const place = (event: PointerEvent): { x: number; y: number } => {
    const box = (event.currentTarget as HTMLCanvasElement).getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };

  const draw = (event: PointerEvent): void => {
    const context = canvas.current?.getContext("2d");
    if (!context || !last.current) return;
    const to = place(event);
    context.strokeStyle = INK;
    context.lineWidth = 5;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    context.moveTo(last.current.x * 2, last.current.y * 2);
    context.lineTo(to.x * 2, to.y * 2);
    context.stroke();
    length.current += Math.hypot(to.x - last.current.x, to.y - last.current.y);
    last.current = to;
    if (length.current > SHORTEST_PX && empty) {
      setEmpty(false);
      onSigned(true);
    }
  };

  return (
    <div class="pad">
      <canvas
        ref={canvas}
        role="img"
        aria-label={t("mark.signature.label")}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = place(event);
        }}
        onPointerMove={draw}
        onPointerUp={() => (last.current = null)}
        onPointerCancel={() => (last.current = null)}
      />
      <button type="button" class="link" onClick={clear}>
        {t("mark.signature.clear")}
      </button>
    </div>
  );
}
