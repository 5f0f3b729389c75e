/** The first screen of a new phone: a code from the supervisor, and nothing else to decide. */

import { useState } from "preact/hooks";
import { keepForever } from "../device/phone";
import { t } from "../i18n";
import { enrol } from "../sync/enrol";
import { Refused } from "../sync/api";
import { Frame } from "./parts/frame";
import { Field, Main } from "./parts/pieces";
import { LanguageChoice } from "./parts/language";

export function Enrol({ code: given }: { code: string }) {
  const [code, setCode] = useState(given);
  const [name, setName] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string | null>(null);

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    if (!code.trim()) return setError(t("enrol.error.missing"));
    setBusy(true);
    setError(null);
    try {
      await enrol(code, name || t("enrol.name.default"));
      void keepForever();
      void import("../device/scanner").then((scanner) => scanner.keepScanner()).catch(() => null);
    } catch (reason) {
      setError(t(reason instanceof Refused ? "enrol.error.code" : "enrol.error.network"));
      setBusy(false);
    }
  };

  return (
    <Frame
      title={t("enrol.title")}
      lead={t("app.name")}
      quiet
      footer={
        <Main type="submit" form="enrol" busy={busy}>
          {t(busy ? "enrol.working" : "enrol.submit")}
        </Main>
      }
    >
      <form id="enrol" class="stack" onSubmit={(event) => void submit(event)} noValidate>
        <h1>{t("enrol.title")}</h1>
        <p class="answer">{t("enrol.answer")}</p>
        <Field label={t("enrol.code")} error={error}>
          {(ids) => (
            <input
              {...ids}
              class="input input-code"
              value={code}
              onInput={(event) => setCode(event.currentTarget.value)}
              autocomplete="one-time-code"
              autocapitalize="characters"
              spellcheck={false}
              enterkeyhint="next"
            />
          )}
        </Field>
        <Field label={t("enrol.name")} hint={t("enrol.name.hint")}>
          {(ids) => (
            <input
              {...ids}
              class="input"
              value={name}
              onInput={(event) => setName(event.currentTarget.value)}
              autocomplete="off"
              maxLength={60}
              enterkeyhint="done"
            />
          )}
        </Field>
        <p class="hint">{t("enrol.key_note")}</p>
        <LanguageChoice />
      </form>
    </Frame>
  );
}
