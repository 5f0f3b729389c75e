/** Not today: the coded reason, a note, and a photo where a second person has to decide. */

import { useState } from "preact/hooks";
import type { EvidenceRef } from "../domain/events";
import { REASONS, reasonOf, type ReasonKind } from "../domain/reasons";
import { inDoubt } from "../domain/sop";
import { t, type Key } from "../i18n";
import { readVisit } from "../store/assignments";
import { readProgress } from "../store/progress";
import { recordAttempt } from "./acts";
import { useLive } from "./live";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Field, Main, Notice, PersonHead, Second } from "./parts/pieces";
import { EvidencePicture } from "./parts/picture";
import { ProofPhoto } from "./parts/proof-photo";
import { replace } from "./route";
import { NoSuchVisit } from "./visit";

/** At a door these leave a card behind, so that the family knows that somebody came. */
const NOBODY_THERE: ReadonlySet<string> = new Set(["absent", "away"]);

export function FailedScreen({ id }: { id: string }) {
  const shown = useLive(
    async () => ({ visit: await readVisit(id), progress: await readProgress(id) }),
    ["worklist", "language"],
    [id],
  );
  const [code, setCode] = useState<string | null>(null);
  const [note, setNote] = useState("");
  const [photo, setPhoto] = useState<EvidenceRef | null>(null);
  const [taking, setTaking] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  if (!shown) return null;
  const { visit, progress } = shown;
  // A hand-over that was begun is ended or cancelled first: the cash comes before the reason.
  if (!visit || (progress && inDoubt(progress))) return <NoSuchVisit />;

  if (taking) {
    return (
      <ProofPhoto
        title={t("failed.photo")}
        hint={t("failed.photo.hint")}
        action={t("failed.photo.take")}
        onBack={() => setTaking(false)}
        onTaken={(reference) => {
          setPhoto(reference);
          setTaking(false);
        }}
      />
    );
  }

  const save = async (): Promise<void> => {
    if (busy) return;
    if (!code) return setError(t("failed.choose"));
    if (reasonOf(code)?.photo && !photo) return setError(t("failed.photo.needed"));
    setBusy(true);
    try {
      await recordAttempt(visit, code, note.trim(), photo ? [photo] : []);
      const nobodyThere = visit.channel === "doorstep" && NOBODY_THERE.has(code);
      replace(nobodyThere ? { at: "notice", id } : { at: "worklist" });
    } catch {
      setError(t("app.not_saved"));
      setBusy(false);
    }
  };

  return (
    <Frame
      title={t("failed.title")}
      back={{ at: progress ? "pay" : "visit", id }}
      aside={<PersonHead visit={visit} />}
      footer={
        <>
          {error && <Notice tone="danger">{error}</Notice>}
          {!photo && <Second onClick={() => setTaking(true)}>{t("failed.photo.take")}</Second>}
          <Main onClick={() => void save()} busy={busy}>
            {t("failed.save")}
          </Main>
        </>
      }
    >
      <div class="stack">
        <h2>{t("failed.title")}</h2>
        <p class="answer">{t("failed.answer")}</p>
        <ReasonList title={t("failed.temporary")} kind="temporary" {...{ code, setCode }} />
        <ReasonList title={t("failed.final")} kind="final" {...{ code, setCode }} />
        <Field label={t("failed.note")}>
          {(ids) => (
            <textarea
              {...ids}
              autocomplete="off"
              class="input"
              rows={2}
              maxLength={500}
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          )}
        </Field>
        {photo && (
          <>
            <EvidencePicture reference={photo} shape="scene" />
            <p class="hint">
              <Icon name="check" size={18} /> {t("failed.photo.kept")}
            </p>
          </>
        )}
      </div>
    </Frame>
  );
}

function ReasonList({
  title,
  kind,
  code,
  setCode,
}: {
  title: string;
  kind: ReasonKind;
  code: string | null;
  setCode: (code: string) => void;
}) {
  return (
    <fieldset class="choices">
      <legend>{title}</legend>
      {REASONS.filter((reason) => reason.kind === kind).map((reason) => (
        <label key={reason.code}>
          <input
            type="radio"
            name="reason"
            checked={reason.code === code}
            onChange={() => setCode(reason.code)}
          />
          <span>{t(`reason.${reason.code}` as Key)}</span>
        </label>
      ))}
    </fieldset>
  );
}
