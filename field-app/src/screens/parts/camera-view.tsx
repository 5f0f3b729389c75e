/** The camera on the page, with a frame for what is to be seen, and a way on when there is none. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
  CameraError,
  closeCamera,
  openCamera,
  takePicture,
  type CameraProblem,
  type Facing,
} from "../../device/camera";
import { isStorageFull } from "../../device/phone";
import type { EvidenceKind, EvidenceRef } from "../../domain/events";
import { t } from "../../i18n";
import { keepEvidence } from "../../store/evidence";
import { Icon } from "./icons";
import { Main, Notice, Second } from "./pieces";

export type Shape = "card" | "sheet" | "face" | "scene";

export type CameraStatus = "starting" | "live" | CameraProblem;

export interface LiveCamera {
  readonly video: HTMLVideoElement;
  readonly stream: MediaStream;
}

/** Opens the camera while the screen is shown, and gives it back when it is left. */
export function useCamera(facing: Facing) {
  const video = useRef<HTMLVideoElement>(null);
  const stream = useRef<MediaStream | null>(null);
  const [status, setStatus] = useState<CameraStatus>("starting");
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let wanted = true;
    setStatus("starting");
    const start = async (): Promise<void> => {
      try {
        const opened = await openCamera(facing);
        if (!wanted || !video.current) return closeCamera(opened);
        stream.current = opened;
        video.current.srcObject = opened;
        await video.current.play();
        setStatus("live");
      } catch (error) {
        if (wanted) setStatus(error instanceof CameraError ? error.problem : "busy");
      }
    };
    void start();
    return () => {
      wanted = false;
      closeCamera(stream.current);
      stream.current = null;
    };
  }, [facing, attempt]);
  return { video, stream, status, retry: () => setAttempt((n) => n + 1) };
}

export function CameraGlass({
  camera,
  shape,
  children,
}: {
  camera: ReturnType<typeof useCamera>;
  shape: Shape | "code";
  children?: ComponentChildren;
}) {
  return (
    <div class={`glass glass-${shape}`} data-status={camera.status}>
      <video ref={camera.video} playsInline muted autoPlay aria-label={t("camera.live")} />
      <span class="glass-frame" aria-hidden="true" />
      {camera.status === "starting" && <p class="glass-note">{t("camera.starting")}</p>}
      {children}
    </div>
  );
}

export function CameraTrouble({
  problem,
  onRetry,
}: {
  problem: CameraProblem;
  onRetry: () => void;
}) {
  return (
    <Notice tone="attention" title={t(`camera.${problem}.title`)}>
      <p>{t(`camera.${problem}.body`)}</p>
      <Second onClick={onRetry}>{t("camera.retry")}</Second>
    </Notice>
  );
}

interface CaptureProps {
  readonly kind: EvidenceKind;
  readonly shape: Shape;
  readonly hint: string;
  readonly action: string;
  readonly onTaken: (reference: EvidenceRef) => Promise<void> | void;
  readonly onSkip?: (() => void) | undefined;
  /** The picture cannot be had: why is asked next, with the reason that is plain already. */
  readonly onMissing?: ((first: string) => void) | undefined;
}

/**
 * One picture: framed, taken, kept on the disk, and only then handed on. Gives back the two halves
 * of a screen, so that the shutter stands where the thumb is.
 */
export function useCapture({
  kind,
  shape,
  hint,
  action,
  onTaken,
  onSkip,
  onMissing,
}: CaptureProps): {
  body: ComponentChildren;
  footer: ComponentChildren;
} {
  const [facing, setFacing] = useState<Facing>("environment");
  const camera = useCamera(facing);
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const live = camera.status === "live";
  const take = async (): Promise<void> => {
    const video = camera.video.current;
    if (!video || !live || saving) return;
    setSaving(true);
    setError(null);
    try {
      await onTaken(await keepEvidence(await takePicture(video), kind, "image/jpeg"));
    } catch (reason) {
      setError(t(isStorageFull(reason) ? "app.storage_full" : "app.not_saved"));
    } finally {
      setSaving(false);
    }
  };
  const trouble = camera.status !== "live" && camera.status !== "starting" ? camera.status : null;
  const skip = onMissing ? () => onMissing("camera_broken") : onSkip;
  return {
    body: (
      <>
        <p class="hint">{hint}</p>
        {trouble ? (
          <CameraTrouble problem={trouble} onRetry={camera.retry} />
        ) : (
          <CameraGlass camera={camera} shape={shape}>
            <button
              type="button"
              class="glass-turn"
              onClick={() => setFacing(facing === "user" ? "environment" : "user")}
            >
              <Icon name="camera-rotate" />
              <span class="unseen">{t("camera.turn")}</span>
            </button>
          </CameraGlass>
        )}
        {error && <Notice tone="danger">{error}</Notice>}
      </>
    ),
    footer: trouble ? (
      skip && <Main onClick={skip}>{t("camera.skip")}</Main>
    ) : (
      <>
        {onMissing && <Second onClick={() => onMissing("")}>{t("missing.cannot")}</Second>}
        <Main onClick={() => void take()} busy={!live || saving}>
          <Icon name="camera" />
          {saving ? t("camera.saving") : action}
        </Main>
      </>
    ),
  };
}
