/** Something is different from the list, or the supervisor is asked: one choice, a few words. */

import { useState } from "preact/hooks";
import type { DataSubject, EvidenceRef } from "../domain/events";
import { t } from "../i18n";
import { readVisit } from "../store/assignments";
import { readProgress } from "../store/progress";
import { tell } from "./acts";
import { useLive } from "./live";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { EvidencePicture } from "./parts/picture";
import { ProofPhoto } from "./parts/proof-photo";
import { Field, Main, Notice, PersonHead, Second } from "./parts/pieces";
import { go } from "./route";
import { NoSuchVisit } from "./visit";

const SUBJECTS: readonly DataSubject[] = [
  "supervisor",
  "name",
  "nik",
  "family_card",
  "address",
  "phone",
  "members",
  "alive",
  "house",
  "other",
];

const LEAST_NOTE = 3;

export function TellScreen({ id }: { id: string }) {
  const shown = useLive(
    async () => ({ visit: await readVisit(id), progress: await readProgress(id) }),
    ["worklist", "language"],
    [id],
  );
  const [about, setAbout] = useState<DataSubject | null>(null);
  const [note, setNote] = useState("");
  const [photo, setPhoto] = useState<EvidenceRef | null>(null);
  const [taking, setTaking] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [told, setTold] = useState(false);
  if (!shown) return null;
  const { visit, progress } = shown;
  if (!visit) return <NoSuchVisit />;
  const back = { at: progress ? "pay" : "visit", id } as const;

  if (taking) {
    return (
      <ProofPhoto
        title={t("tell.photo")}
        hint={t("tell.photo.hint")}
        action={t("tell.photo.take")}
        onBack={() => setTaking(false)}
        onTaken={(reference) => {
          setPhoto(reference);
          setTaking(false);
        }}
      />
    );
  }
  if (told) {
    return (
      <Frame
        title={t("tell.done")}
        back={back}
        footer={<Main onClick={() => go(back)}>{t("tell.back")}</Main>}
      >
        <div class="stack">
          <h1>{t("tell.done")}</h1>
          <p class="answer">{t("tell.done.body")}</p>
        </div>
      </Frame>
    );
  }
  const save = async (): Promise<void> => {
    if (busy) return;
    if (!about) return setError(t("tell.error.about"));
    if (note.trim().length < LEAST_NOTE) return setError(t("tell.error.note"));
    setBusy(true);
    try {
      await tell(visit, about, note.trim(), photo);
      setTold(true);
    } catch {
      setError(t("app.not_saved"));
    }
    setBusy(false);
  };
  return (
    <Frame
      title={t("tell.title")}
      back={back}
      aside={<PersonHead visit={visit} />}
      footer={
        <>
          {error && <Notice tone="danger">{error}</Notice>}
          {!photo && <Second onClick={() => setTaking(true)}>{t("tell.photo.take")}</Second>}
          <Main onClick={() => void save()} busy={busy}>
            {t("tell.save")}
          </Main>
        </>
      }
    >
      <div class="stack">
        <h2>{t("tell.title")}</h2>
        <p class="answer">{t("tell.answer")}</p>
        <fieldset class="choices">
          <legend class="unseen">{t("tell.title")}</legend>
          {SUBJECTS.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="about"
                checked={one === about}
                onChange={() => {
                  setAbout(one);
                  setError(null);
                }}
              />
              <span>{t(`tell.about.${one}`)}</span>
            </label>
          ))}
        </fieldset>
        <Field label={t("tell.note")}>
          {(ids) => (
            <textarea
              {...ids}
              autocomplete="off"
              class="input"
              rows={3}
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
