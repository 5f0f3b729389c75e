/** Is this phone well, and has everything been sent? The first thing that support asks. */

import { useState } from "preact/hooks";
import { CLOCK_TOLERANCE_MS } from "../domain/clock";
import { clockErrorMs } from "../device/clock";
import { locationState, positionNow } from "../device/location";
import { batteryPercent, keepForever, storageRoom } from "../device/phone";
import { dayAndTime, t } from "../i18n";
import { readWorklistHead } from "../store/assignments";
import { changed } from "../store/changes";
import { readIdentity } from "../store/identity";
import { countOutbox } from "../store/outbox";
import { isPractice, LOCK_MINUTES, readLockMinutes, saveLockMinutes } from "../store/preferences";
import { damaged, lock } from "../store/vault";
import { APP_VERSION } from "../sync/enrol";
import { lastContact, pullNow, syncState } from "../sync/engine";
import { uploadProgress } from "../sync/push";
import { useLive } from "./live";
import { ChangePin } from "./pin";
import { beginPractice } from "./practice";
import { ExportButton } from "./parts/export";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { LanguageChoice } from "./parts/language";
import { fetchFaces, facesReady } from "../sync/face-models";
import { Facts, Main, Notice, Second } from "./parts/pieces";
import { waitingUpdate } from "./update";

async function cameraPermission(): Promise<"granted" | "denied" | "prompt"> {
  try {
    const name = "camera" as PermissionName;
    return (await navigator.permissions.query({ name })).state;
  } catch {
    return "prompt";
  }
}

function clockText(): string {
  const error = clockErrorMs();
  const n = Math.round(Math.abs(error) / 60_000);
  if (Math.abs(error) < CLOCK_TOLERANCE_MS) return t("health.clock.right");
  return t(error > 0 ? "health.clock.ahead" : "health.clock.behind", { n });
}

function locationText(): string {
  const position = positionNow();
  if (position) return t("health.location.fixed", { n: position.accuracy_m });
  const state = locationState();
  return t(`health.location.${state === "fixed" ? "starting" : state}`);
}

const gigabytes = (bytes: number): string =>
  `${(bytes / 1024 ** 3).toFixed(1).replace(".", t("time.separator") === "." ? "," : ".")} GB`;

/** After how long out of sight the PIN is asked for. */
function LockChoice() {
  const [minutes, setMinutes] = useState(readLockMinutes);
  return (
    <fieldset class="choices">
      <legend>{t("health.lock.after")}</legend>
      {LOCK_MINUTES.map((choice) => (
        <label key={choice}>
          <input
            type="radio"
            name="lock-minutes"
            checked={minutes === choice}
            onChange={() => {
              saveLockMinutes(choice);
              setMinutes(choice);
            }}
          />
          {t("health.lock.minutes", { n: choice })}
        </label>
      ))}
    </fieldset>
  );
}

/** Whether faces can be compared without a network, and the way to get there now. */
function FacesHere() {
  const share = useLive(facesReady, ["sync", "language"]);
  if (share === undefined) return null;
  if (share >= 1) return <>{t("health.faces.ready")}</>;
  return (
    <>
      {t("health.faces.share", { n: Math.floor(share * 100) })}{" "}
      <button type="button" class="link" onClick={() => void fetchFaces()}>
        {t("health.faces.fetch")}
      </button>
    </>
  );
}

export function HealthScreen() {
  const [changing, setChanging] = useState(false);
  const shown = useLive(
    async () => ({
      outbox: await countOutbox(),
      contact: await lastContact(),
      identity: await readIdentity(),
      room: await storageRoom(),
      camera: await cameraPermission(),
      battery: await batteryPercent(),
      head: await readWorklistHead(),
      state: syncState(),
      uploading: uploadProgress(),
    }),
    ["outbox", "sync", "language", "worklist"],
  );
  if (!shown?.identity) return null;
  if (changing) return <ChangePin onDone={() => setChanging(false)} />;
  const { outbox, contact, identity, room, camera, battery, head, state, uploading } = shown;
  const update = waitingUpdate();
  return (
    <Frame
      title={t("health.title")}
      back={{ at: "worklist" }}
      footer={
        <Main onClick={pullNow} busy={state === "working"}>
          <Icon name="refresh" />
          {t(state === "working" ? "queue.sending" : "health.send")}
        </Main>
      }
    >
      <div class="stack">
        <h1>{t("health.title")}</h1>
        {state === "waiting" && <Notice tone="attention">{t("health.waiting")}</Notice>}
        {state === "locked_out" && <Notice tone="danger">{t("health.locked_out")}</Notice>}
        {update && (
          <Notice title={t("app.update")}>
            {outbox.events + outbox.photos > 0 ? (
              <p>{t("app.update.after")}</p>
            ) : (
              <Second onClick={update}>{t("app.update.now")}</Second>
            )}
          </Notice>
        )}
        {head && head.sop.unknown.length > 0 && (
          <Notice tone="attention">
            {t("health.unknown_steps", { steps: head.sop.unknown.join(", ") })}
          </Notice>
        )}
        <h2>{t("health.outbox")}</h2>
        <Facts
          rows={[
            [t("health.outbox.events"), outbox.events],
            [t("health.outbox.photos"), outbox.photos],
            ...(uploading
              ? [[t("health.uploading"), t("health.uploading.progress", { ...uploading })] as const]
              : []),
            ...(outbox.refused ? [[t("health.outbox.refused"), outbox.refused] as const] : []),
            [
              t("health.contact"),
              contact ? dayAndTime(contact, identity.office.zone) : t("health.contact.never"),
            ],
          ]}
        />
        <ExportButton />
        <h2>{t("health.lock")}</h2>
        <Facts
          rows={[
            [
              t("health.lock.key"),
              t(identity.outbox_key ? "health.lock.sealed" : "health.lock.half"),
            ],
            ...(damaged() ? [[t("health.lock.damaged"), damaged()] as const] : []),
          ]}
        />
        <LockChoice />
        {!isPractice() && (
          <>
            <Second onClick={() => setChanging(true)}>{t("pin.change")}</Second>
            <Second onClick={() => void lock()}>{t("health.lock.now")}</Second>
          </>
        )}
        <h2>{t("health.phone")}</h2>
        <Facts
          rows={[
            ...(room ? [[t("health.storage"), gigabytes(room.freeBytes)] as const] : []),
            [
              t("health.storage.kept"),
              room?.kept ? (
                t("health.yes")
              ) : (
                <>
                  {t("health.no")}{" "}
                  <button
                    type="button"
                    class="link"
                    onClick={() => void keepForever().then(() => changed("sync"))}
                  >
                    {t("health.storage.ask")}
                  </button>
                </>
              ),
            ],
            ...(battery === null
              ? []
              : [[t("health.battery"), t("health.battery.percent", { n: battery })] as const]),
            [t("health.camera"), t(`health.camera.${camera}`)],
            [t("health.faces"), <FacesHere key="faces" />],
            [t("health.location"), locationText()],
            [t("health.clock"), clockText()],
            [t("health.officer"), `${identity.officer.name} · ${identity.officer.nip}`],
            [t("health.office"), identity.office.name],
            [t("health.device"), `${identity.device_name} · ${identity.device_id.slice(0, 8)}`],
            [t("health.version"), APP_VERSION],
          ]}
        />
        {!isPractice() && (
          <>
            <h2>{t("practice.title")}</h2>
            <p class="hint">{t("practice.about")}</p>
            <Second onClick={beginPractice}>{t("practice.begin")}</Second>
          </>
        )}
        <h2>{t("health.language")}</h2>
        <LanguageChoice />
      </div>
    </Frame>
  );
}
