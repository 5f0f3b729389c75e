/** The camera that looks for a QR code: hands on what it reads, one code at a time. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { setLamp } from "../../device/camera";
import { t } from "../../i18n";
import { CameraGlass, CameraTrouble, useCamera } from "./camera-view";
import { Notice, Second } from "./pieces";

const BETWEEN_FRAMES_MS = 120;

/**
 * Looks until it has read one code, hands its text to `onText`, and looks no more: whoever shows it
 * takes it off the screen, or puts it there again for another code.
 */
export function CodeReader({
  hint,
  missing,
  onText,
}: {
  hint: string;
  /** What helps where the scanner was never downloaded. */
  missing: ComponentChildren;
  onText: (text: string) => void;
}) {
  const camera = useCamera("environment");
  const [noScanner, setNoScanner] = useState(false);
  const [lamp, setLampOn] = useState(false);
  const [canLight, setCanLight] = useState(true);
  const canvas = useRef(document.createElement("canvas"));
  const hand = useRef(onText);
  hand.current = onText;
  const live = camera.status === "live";

  useEffect(() => {
    if (!live) return undefined;
    let wanted = true;
    const look = async (): Promise<void> => {
      const scanner = await import("../../device/scanner").catch(() => null);
      if (!scanner) return setNoScanner(true);
      while (wanted && camera.video.current) {
        const text = await scanner.readCode(camera.video.current, canvas.current).catch(() => {
          setNoScanner(true);
          wanted = false;
          return null;
        });
        if (text && wanted) return hand.current(text);
        await new Promise((next) => setTimeout(next, BETWEEN_FRAMES_MS));
      }
    };
    void look();
    return () => {
      wanted = false;
    };
  }, [live]);

  const light = async (): Promise<void> => {
    const stream = camera.stream.current;
    if (!stream) return;
    const able = await setLamp(stream, !lamp).catch(() => false);
    if (able) setLampOn(!lamp);
    else setCanLight(false);
  };

  const { status } = camera;
  if (status !== "live" && status !== "starting") {
    return <CameraTrouble problem={status} onRetry={camera.retry} />;
  }
  return (
    <>
      <p class="hint">{hint}</p>
      {noScanner && <Notice tone="attention">{missing}</Notice>}
      <CameraGlass camera={camera} shape="code" />
      {canLight && (
        <Second onClick={() => void light()}>{t(lamp ? "scan.lamp_off" : "scan.lamp")}</Second>
      )}
    </>
  );
}
