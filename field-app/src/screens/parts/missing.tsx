/** "Cannot be had": the quiet way on, with a reason that a person reads later. Never in silence. */

import { useState } from "preact/hooks";
import type { Missing } from "../../domain/events";
import { isReason, type MissingReason, type PlannedAsk } from "../../domain/sop";
import { coded, t, type Key } from "../../i18n";
import { Frame } from "./frame";
import { Field, Main, Notice, Second } from "./pieces";

const NOTE_MOST = 200;

export function MissingReasonScreen({
  ask,
  what,
  first,
  onBack,
  onMissing,
  onNotToday,
}: {
  ask: Pick<PlannedAsk, "step" | "anyOf" | "reasons">;
  /** What is missing, in words: "Foto KTP". */
  what: string;
  /** The reason that is chosen already, such as a camera that does not open. */
  first?: string | undefined;
  onBack: () => void;
  onMissing: (entry: Missing) => Promise<void> | void;
  /** Where the family had better come back another day. */
  onNotToday?: (() => void) | undefined;
}) {
  const known = ask.reasons.filter((reason) => reason in WORDS);
  const [reason, setReason] = useState<string | null>(
    first && known.includes(first) ? first : null,
  );
  const [note, setNote] = useState("");
  const [error, setError] = useState<Key | null>(null);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    if (busy) return;
    if (!reason) return setError("missing.error.reason");
    if (!isReason(reason, note)) return setError("missing.error.note");
    setBusy(true);
    const words = note.trim();
    const kind = ask.anyOf.length === 1 ? ask.anyOf[0] : undefined;
    await onMissing({
      step: ask.step,
      ...(kind ? { evidence: kind } : {}),
      reason,
      ...(words ? { note: words } : {}),
    });
    setBusy(false);
  };
  return (
    <Frame
      title={t("missing.title", { what })}
      back={onBack}
      footer={
        <>
          {error && <Notice tone="danger">{t(error)}</Notice>}
          {onNotToday && <Second onClick={onNotToday}>{t("missing.not_today")}</Second>}
          <Main onClick={() => void save()} busy={busy}>
            {t("missing.save")}
          </Main>
        </>
      }
    >
      <div class="stack">
        <h1>{t("missing.title", { what })}</h1>
        <p class="answer">{t("missing.answer")}</p>
        <fieldset class="choices">
          <legend class="unseen">{t("missing.title", { what })}</legend>
          {known.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="missing"
                checked={one === reason}
                onChange={() => {
                  setReason(one);
                  setError(null);
                }}
              />
              <span>{coded("missing.reason", one, "missing.reason.other")}</span>
            </label>
          ))}
        </fieldset>
        <Field label={t(reason === "other" ? "missing.note.needed" : "missing.note")}>
          {(ids) => (
            <textarea
              {...ids}
              autocomplete="off"
              class="input"
              rows={2}
              maxLength={NOTE_MOST}
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          )}
        </Field>
      </div>
    </Frame>
  );
}

/** Reasons that this app has words for; another one that a newer server names is not offered. */
const WORDS: Readonly<Record<MissingReason, true>> = {
  camera_broken: true,
  too_dark: true,
  no_document: true,
  document_damaged: true,
  person_cannot: true,
  unsafe: true,
  refused: true,
  other: true,
};
