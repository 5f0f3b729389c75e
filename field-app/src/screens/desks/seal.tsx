/** A dead desk's envelope: its code, checked on this phone, moves that desk's families here. */

import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { openSeal } from "../desk-acts";
import { Frame } from "../parts/frame";
import { Field, Main, Notice } from "../parts/pieces";
import { replace } from "../route";
import { readStandings } from "../standing";

type Outcome = { kind: "opened"; desk: number; families: number } | { kind: "wrong" | "known" };

export function SealScreen() {
  const [code, setCode] = useState("");
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy || !code.trim()) return;
    setBusy(true);
    const desk = await openSeal(code);
    if (typeof desk === "string") setOutcome({ kind: desk });
    else {
      const { visits, of } = await readStandings();
      const open = visits.filter((one) => one.desk === desk && of.get(one.id)?.kind === "waiting");
      setOutcome({ kind: "opened", desk, families: open.length });
    }
    setBusy(false);
  };
  if (outcome?.kind === "opened") {
    return (
      <Frame
        title={t("seal.title")}
        back={{ at: "worklist" }}
        footer={<Main onClick={() => replace({ at: "worklist" })}>{t("receipt.to_list")}</Main>}
      >
        <div class="stack">
          <h1>{t("seal.opened", { n: outcome.desk })}</h1>
          <p class="big-figure">{outcome.families}</p>
          <p class="answer">{t("seal.opened.body", { n: outcome.desk })}</p>
        </div>
      </Frame>
    );
  }
  return (
    <Frame
      title={t("seal.title")}
      back={{ at: "worklist" }}
      footer={
        <Main type="submit" form="seal" busy={busy}>
          {t("seal.open")}
        </Main>
      }
    >
      <form id="seal" class="stack" noValidate onSubmit={(event) => void submit(event)}>
        <h1>{t("seal.title")}</h1>
        <p class="answer">{t("seal.answer")}</p>
        <Notice tone="attention">{t("seal.warning")}</Notice>
        <Field
          label={t("seal.code")}
          hint={t("seal.code.hint")}
          error={outcome ? t(`seal.${outcome.kind}`) : null}
        >
          {(ids) => (
            <input
              {...ids}
              class="input input-code"
              value={code}
              autocomplete="off"
              autocapitalize="characters"
              maxLength={20}
              onInput={(event) => {
                setCode(event.currentTarget.value);
                setOutcome(null);
              }}
            />
          )}
        </Field>
      </form>
    </Frame>
  );
}
