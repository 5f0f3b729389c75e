/** Scanning a letter: found on the phone, it goes straight on; anything else is explained. */

import { useEffect, useRef, useState } from "preact/hooks";
import { setLamp } from "../device/camera";
import { differences, openLetter, trustOfLetter, type OpenedLetter } from "../domain/letter";
import { begin } from "../domain/sop";
import { t } from "../i18n";
import { keepFound, readVisit, readWorklistHead } from "../store/assignments";
import { eventsOf } from "../store/outbox";
import { readProgress, saveProgress } from "../store/progress";
import { findOnline } from "../sync/pull";
import { CameraGlass, CameraTrouble, useCamera } from "./parts/camera-view";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Main, Notice, Second } from "./parts/pieces";
import { go, replace } from "./route";

type Outcome = "not_ours" | "forged" | "elsewhere";

const BETWEEN_FRAMES_MS = 120;

export function ScanScreen() {
  const camera = useCamera("environment");
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [noScanner, setNoScanner] = useState(false);
  const [lamp, setLampOn] = useState(false);
  const [canLight, setCanLight] = useState(true);
  const canvas = useRef(document.createElement("canvas"));
  const live = camera.status === "live";

  useEffect(() => {
    if (!live || outcome) return undefined;
    let wanted = true;
    const look = async (): Promise<void> => {
      const scanner = await import("../device/scanner").catch(() => null);
      if (!scanner) return setNoScanner(true);
      while (wanted && camera.video.current) {
        const text = await scanner.readCode(camera.video.current, canvas.current).catch(() => {
          setNoScanner(true);
          wanted = false;
          return null;
        });
        if (text && wanted) {
          wanted = false;
          const found = await take(text);
          if (found) setOutcome(found);
          return;
        }
        await new Promise((next) => setTimeout(next, BETWEEN_FRAMES_MS));
      }
    };
    void look();
    return () => {
      wanted = false;
    };
  }, [live, outcome]);

  const light = async (): Promise<void> => {
    const stream = camera.stream.current;
    if (!stream) return;
    const able = await setLamp(stream, !lamp).catch(() => false);
    if (able) setLampOn(!lamp);
    else setCanLight(false);
  };

  const { status } = camera;
  const trouble = status !== "live" && status !== "starting" ? status : null;
  return (
    <Frame
      title={t("scan.title")}
      back={{ at: "worklist" }}
      footer={
        outcome ? (
          <>
            <Second onClick={() => go({ at: "search" })}>{t("scan.type")}</Second>
            <Main onClick={() => setOutcome(null)}>{t("scan.again")}</Main>
          </>
        ) : (
          <Main onClick={() => go({ at: "search" })}>
            <Icon name="search" />
            {t("scan.type")}
          </Main>
        )
      }
    >
      <div class="stack">
        <h1>{t("scan.title")}</h1>
        {outcome ? (
          <Notice
            tone={outcome === "forged" ? "danger" : "attention"}
            title={t(`scan.${outcome}.title`)}
          >
            {t(`scan.${outcome}.body`)}
          </Notice>
        ) : trouble ? (
          <CameraTrouble problem={trouble} onRetry={camera.retry} />
        ) : (
          <>
            <p class="hint">{t("scan.hint")}</p>
            {noScanner && <Notice tone="attention">{t("scan.scanner_missing")}</Notice>}
            <CameraGlass camera={camera} shape="code" />
            {canLight && (
              <Second onClick={() => void light()}>
                {t(lamp ? "scan.lamp_off" : "scan.lamp")}
              </Second>
            )}
          </>
        )}
      </div>
    </Frame>
  );
}

/** Goes to the family of a letter, or says why not. */
async function take(text: string): Promise<Outcome | null> {
  const letter = openLetter(text);
  if (!letter) return "not_ours";
  const head = await readWorklistHead();
  const trust = await trustOfLetter(letter, head?.letterKeys ?? {});
  if (trust === "forged") return "forged";
  const visit = (await readVisit(letter.claims.visit)) ?? (await lookUp(letter));
  if (!visit) return "elsewhere";
  const events = await eventsOf(visit.id);
  if (events.some((event) => event.kind === "handed_over")) {
    replace({ at: "visit", id: visit.id });
    return null;
  }
  const open = await readProgress(visit.id);
  if (!open?.begun) {
    const fits = trust === "genuine" && differences(letter.claims, visit).length === 0;
    const fresh = begin(visit.id, visit.recipient, "scanned", trust, Date.now());
    await saveProgress({ ...fresh, letterAccepted: fits, letterClaims: letter.claims });
  }
  navigator.vibrate?.(60);
  replace({ at: "pay", id: visit.id });
  return null;
}

/** A visit of this session that another desk was given. */
async function lookUp(letter: OpenedLetter) {
  try {
    const found = await findOnline(letter.claims.visit);
    const visit = found.find((one) => one.id === letter.claims.visit);
    if (visit) await keepFound(visit);
    return visit;
  } catch {
    return undefined;
  }
}
