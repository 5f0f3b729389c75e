/** What the steps of a hand-over share: what they are given, and the head that they stand under. */

import type { ComponentChildren } from "preact";
import { t } from "../../i18n";
import {
  stageOf,
  stagesOf,
  walkOf,
  type Procedure,
  type Progress,
  type StepCode,
} from "../../domain/sop";
import type { Visit } from "../../domain/worklist";
import { Frame } from "../parts/frame";
import { PersonHead, Stages, Ticks } from "../parts/pieces";
import { address, type Route } from "../route";

export interface StepProps {
  readonly visit: Visit;
  readonly progress: Progress;
  readonly procedure: Procedure;
  /** Writes where the hand-over stands, then shows it. */
  readonly save: (next: Progress) => Promise<void>;
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
  const stages = stagesOf(walkOf(progress, procedure));
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
      {step !== "receipt" && !progress.begun && (
        <a class="link" href={address({ at: "tell", id: visit.id })}>
          {t("tell.link")}
        </a>
      )}
    </Frame>
  );
}

/** What is already certain, in the fewest words. */
function certain(progress: Progress): string[] {
  const done: string[] = [];
  if (progress.by?.slip) done.push(t("done.ticket"));
  else if (progress.letterAccepted) {
    const genuine = progress.letterTrust === "genuine";
    done.push(t(genuine ? "done.letter" : "done.letter.number"));
  }
  const seen = (kind: string): boolean =>
    kind in progress.documents || (progress.ticked ?? []).includes(kind);
  if (seen("ktp")) done.push(t("done.ktp"));
  if (seen("kk")) done.push(t("done.kk"));
  if (progress.by?.stub) done.push(t("done.stub"));
  if (progress.verification && !progress.by?.slip) {
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
