/** Scanning a letter: found on the phone, it goes straight on; anything else is explained. */

import { useState } from "preact/hooks";
import { differences, openLetter, trustOfLetter, type OpenedLetter } from "../domain/letter";
import { begin } from "../domain/sop";
import { t } from "../i18n";
import { keepFound, readVisit, readWorklistHead } from "../store/assignments";
import { eventsOf } from "../store/outbox";
import { readProgress, saveProgress } from "../store/progress";
import { findOnline } from "../sync/pull";
import { CodeReader } from "./parts/code-reader";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Main, Notice, Second } from "./parts/pieces";
import { go, replace } from "./route";

type Outcome = "not_ours" | "forged" | "elsewhere";

export function ScanScreen() {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
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
        ) : (
          <CodeReader
            hint={t("scan.hint")}
            missing={t("scan.scanner_missing")}
            onText={(text) => void take(text).then(setOutcome)}
          />
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
