/** The letter, where it was not simply scanned and right: a number to compare, or a difference. */

import { differences } from "../../domain/letter";
import { formatRupiah } from "../../domain/money";
import { nextAsk } from "../../domain/sop";
import { t } from "../../i18n";
import { Main, Notice, Second } from "../parts/pieces";
import { PaperStep } from "./documents";
import { StepFrame, type StepProps } from "./step";

export function LetterStep(props: StepProps) {
  const { visit, progress, procedure, save } = props;
  const photo = progress.letterAccepted ? nextAsk("letter", progress, procedure) : null;
  if (photo) return <PaperStep {...props} ask={photo} />;
  const accept = (letter: typeof progress.letter): Promise<void> =>
    save({ ...progress, letter, letterAccepted: true });
  const claims = progress.letterClaims;
  const found = claims ? differences(claims, visit) : [];
  const compare = !claims;
  return (
    <StepFrame
      {...{ visit, progress, procedure }}
      step="letter"
      title={t("letter.title")}
      footer={
        compare ? (
          <>
            <Second onClick={() => void accept("search")}>{t("letter.no_letter")}</Second>
            <Main onClick={() => void accept("number")}>{t("letter.matches")}</Main>
          </>
        ) : (
          <Main onClick={() => void accept("scanned")}>{t("letter.continue")}</Main>
        )
      }
    >
      <h2>{t("letter.title")}</h2>
      {compare && (
        <>
          <p class="answer">{t("letter.by_number")}</p>
          <p class="number">{visit.number}</p>
        </>
      )}
      {progress.letterTrust === "unknown_key" && (
        <>
          <Notice>{t("letter.unknown_key")}</Notice>
          <p class="number">{visit.number}</p>
        </>
      )}
      {claims && found.length > 0 && (
        <Notice tone="attention" title={t("letter.differs")}>
          <p>
            {found.includes("amount")
              ? t("letter.differs.amount", {
                  printed: formatRupiah(claims.total),
                  current: formatRupiah(visit.total),
                })
              : t("letter.differs.version")}
          </p>
        </Notice>
      )}
    </StepFrame>
  );
}
