/** A doubtful face: a person in the office looks at it while the family waits. */

import { useEffect, useState } from "preact/hooks";
import type { EvidenceRef, Witness } from "../../domain/events";
import { t } from "../../i18n";
import { askAboutFace, hearAboutFace, type FaceWord } from "../../sync/questions";
import { EvidencePicture } from "../parts/picture";
import { Main, Notice, Second } from "../parts/pieces";
import { StepFrame, type StepProps } from "./step";

const EVERY_MS = 3_000;

export function AskOffice({
  evidence,
  onSame,
  onBack,
  ...props
}: StepProps & {
  evidence: EvidenceRef;
  /** The person in the office is the witness; the question's id stands as the reason. */
  onSame: (witness: Witness, reason: string) => Promise<void>;
  onBack: () => void;
}) {
  const { visit, progress } = props;
  const word = useFaceWord(visit.id, progress.collector.person_id, evidence.sha256);
  const [busy, setBusy] = useState(false);
  const said = word === "gone" ? null : word;
  const goOn = async (): Promise<void> => {
    if (busy || said?.answer !== "same") return;
    setBusy(true);
    const witness = { name: said.answeredBy || t("ask.office"), role: "supervisor" };
    await onSame(witness, `live:${said.question}`).catch(() => setBusy(false));
  };
  const waiting = word !== "gone" && !said?.answer;
  return (
    <StepFrame
      {...props}
      step="face"
      title={t("ask.title")}
      footer={
        said?.answer === "same" ? (
          <Main onClick={() => void goOn()} busy={busy}>
            {t("face.continue")}
          </Main>
        ) : (
          <Second onClick={onBack}>{t(waiting ? "ask.stop_waiting" : "ask.with_witness")}</Second>
        )
      }
    >
      <h2>{t("ask.title")}</h2>
      <EvidencePicture reference={evidence} shape="face" />
      {word === "gone" ? (
        <Notice tone="attention">{t("ask.gone")}</Notice>
      ) : said?.answer ? (
        <Notice
          tone={said.answer === "same" ? "good" : "attention"}
          title={t(`ask.${said.answer}`)}
        >
          {t(`ask.${said.answer}.body`, { name: said.answeredBy })}
        </Notice>
      ) : (
        <p class="working" role="status">
          {t("ask.waiting")}
        </p>
      )}
    </StepFrame>
  );
}

/** The question's state; "gone" when the network went, or nobody answered in time. */
function useFaceWord(visit: string, person: string, sha256: string): FaceWord | "gone" | null {
  const [word, setWord] = useState<FaceWord | "gone" | null>(null);
  useEffect(() => {
    let wanted = true;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = async (read: () => Promise<FaceWord>): Promise<void> => {
      try {
        const found = await read();
        if (!wanted) return;
        const over = !found.answer && Date.parse(found.expires) < Date.parse(found.serverTime);
        setWord(over ? "gone" : found);
        if (!found.answer && !over) {
          timer = setTimeout(() => void look(() => hearAboutFace(found.question)), EVERY_MS);
        }
      } catch {
        if (wanted) setWord("gone");
      }
    };
    void look(() => askAboutFace(visit, person, sha256));
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, []);
  return word;
}
