/** A hand-over, step by step, in the order that the procedure gives. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { t } from "../../i18n";
import {
  currentStep,
  stageOf,
  stagesOf,
  type Procedure,
  type Progress,
  type StepCode,
} from "../../domain/sop";
import type { Visit } from "../../domain/worklist";
import { readVisit } from "../../store/assignments";
import { readProgress, saveProgress } from "../../store/progress";
import { procedureOf } from "../acts";
import { useLive } from "../live";
import { Frame } from "../parts/frame";
import { PersonHead, Stages, Ticks } from "../parts/pieces";
import type { Route } from "../route";
import { NoSuchVisit, VisitScreen } from "../visit";
import { CashStep } from "./cash";
import { DocumentsStep } from "./documents";
import { FaceStep } from "./face";
import { LetterStep } from "./letter";
import { MarkStep } from "./mark";
import { HouseStep, PhotoStep } from "./photo";
import { ReceiptStep } from "./receipt";

export interface StepProps {
  readonly visit: Visit;
  readonly progress: Progress;
  readonly procedure: Procedure;
  /** Writes where the hand-over stands, then shows it. */
  readonly save: (next: Progress) => Promise<void>;
}

const STEPS: Readonly<Record<StepCode, (props: StepProps) => ComponentChildren>> = {
  letter: LetterStep,
  documents: DocumentsStep,
  face: FaceStep,
  hand_over: CashStep,
  recipient_photo: PhotoStep,
  receipt_mark: MarkStep,
  house: HouseStep,
  receipt: ReceiptStep,
};

export function HandOver({ id }: { id: string }) {
  // The receipt is shown from here: once the cash is handed over, nothing is under way any more.
  const [ended, setEnded] = useState<Progress | null>(null);
  const shown = useLive(
    async () => {
      const visit = await readVisit(id);
      return {
        visit,
        progress: await readProgress(id),
        procedure: visit ? await procedureOf(visit) : null,
      };
    },
    ["progress", "worklist", "language"],
    [id],
  );
  if (!shown) return null;
  const { visit, procedure } = shown;
  if (!visit || !procedure) return <NoSuchVisit />;
  const progress = ended ?? shown.progress;
  if (!progress) return <VisitScreen id={id} />;
  const Step = STEPS[currentStep(progress, procedure)];
  const save = async (next: Progress): Promise<void> => {
    if (next.handedOver) setEnded(next);
    else await saveProgress(next);
  };
  return <Step {...{ visit, progress, procedure, save }} />;
}

interface StepFrameProps {
  readonly step: StepCode;
  readonly visit: Visit;
  readonly progress: Progress;
  readonly procedure: Procedure;
  readonly footer?: ComponentChildren;
  readonly back?: Route | (() => void);
  readonly title: string;
  readonly children: ComponentChildren;
}

/** The head that all steps share: which step, who, how far, and what is already certain. */
export function StepFrame(props: StepFrameProps) {
  const { step, visit, progress, procedure } = props;
  const stages = stagesOf(procedure);
  const stage = stageOf(step);
  const n = stages.indexOf(stage) + 1;
  const proxy = progress.collector.relation !== "self";
  return (
    <Frame
      title={props.title}
      lead={t("step.of", { n, all: stages.length, name: t(`step.${stage}`) })}
      back={props.back ?? { at: "worklist" }}
      aside={
        <>
          <PersonHead visit={visit} {...(proxy ? { name: progress.collector.name } : {})} />
          <Stages stages={stages} current={stage} />
          <Ticks done={certain(progress)} />
        </>
      }
      footer={props.footer}
    >
      {props.children}
    </Frame>
  );
}

/** What is already certain, in the fewest words. */
function certain(progress: Progress): string[] {
  const done: string[] = [];
  if (progress.letterAccepted) {
    const genuine = progress.letterTrust === "genuine";
    done.push(t(genuine ? "done.letter" : "done.letter.number"));
  }
  if (progress.documents["ktp"]) done.push(t("done.ktp"));
  if (progress.documents["kk"]) done.push(t("done.kk"));
  if (progress.verification) {
    const { method, verdict } = progress.verification;
    done.push(t(method === "face" && verdict === "match" ? "done.face.match" : methodWord(method)));
  }
  if (progress.counted) done.push(t("done.counted"));
  if (progress.photo) done.push(t("done.photo"));
  return done;
}

function methodWord(method: string) {
  switch (method) {
    case "enrolment":
      return "done.face.enrolment";
    case "document":
      return "done.face.document";
    case "proxy":
      return "done.face.proxy";
    default:
      return "done.face.witness";
  }
}
