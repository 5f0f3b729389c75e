/** ID card and family card, seen and photographed or ticked; and who it is that collects. */

import { useState } from "preact/hooks";
import { isProxy, nextAsk, slotOf, withMissing, type PlannedAsk } from "../../domain/sop";
import type { EvidenceKind, EvidenceRef } from "../../domain/events";
import { coded, t, type Key } from "../../i18n";
import { useCapture } from "../parts/camera-view";
import { Icon } from "../parts/icons";
import { MissingReasonScreen } from "../parts/missing";
import { Main, Second } from "../parts/pieces";
import { go } from "../route";
import { ChooseCollector } from "./collector";
import { StepFrame, type StepProps } from "./step";

type Paper = "ktp" | "kk" | "authority" | "heir_letter" | "letter" | "other";

export function DocumentsStep(props: StepProps) {
  const [choosing, setChoosing] = useState(false);
  const { visit, progress, procedure, save } = props;
  const ask = nextAsk("documents", progress, procedure);
  if (choosing) {
    return (
      <ChooseCollector
        visit={visit}
        progress={progress}
        onChosen={async (next) => {
          await save(next);
          setChoosing(false);
        }}
        onBack={() => setChoosing(false)}
      />
    );
  }
  if (!ask) return null;
  return (
    <PaperStep
      key={`${ask.name} ${slotOf(progress, ask.anyOf[0] ?? "")}`}
      {...props}
      ask={ask}
      onChoose={() => setChoosing(true)}
    />
  );
}

/** One paper that a step asks for: looked at and ticked, photographed, or missing with a reason. */
export function PaperStep({
  ask,
  onChoose,
  ...props
}: StepProps & { ask: PlannedAsk; onChoose?: () => void }) {
  const [kind, setKind] = useState(ask.anyOf[0] ?? "other");
  const [photo, setPhoto] = useState(false);
  const [missing, setMissing] = useState<string | null>(null);
  const { visit, progress, save } = props;
  const paper = paperOf(kind, props);
  if (missing !== null) {
    return (
      <MissingReasonScreen
        ask={ask}
        what={t(`documents.${paper}.name`)}
        first={missing}
        onBack={() => setMissing(null)}
        onMissing={(entry) => save(withMissing(progress, entry))}
        onNotToday={() => go({ at: "failed", id: visit.id })}
      />
    );
  }
  const shown = {
    ...props,
    ask,
    kind,
    setKind,
    paper,
    onChoose,
    onMissing: setMissing,
  };
  return ask.tick && !photo ? (
    <LookAndTick {...shown} onPhoto={() => setPhoto(true)} />
  ) : (
    <PaperPhoto {...shown} />
  );
}

type PaperProps = StepProps & {
  ask: PlannedAsk;
  kind: string;
  setKind: (kind: string) => void;
  paper: Paper;
  onChoose: (() => void) | undefined;
  onMissing: (first: string) => void;
};

function paperOf(kind: string, { progress }: StepProps): Paper {
  if (kind !== "authority")
    return kind === "ktp" || kind === "kk" || kind === "letter" ? kind : "other";
  return progress.collector.authority === "heir_letter" ? "heir_letter" : "authority";
}

/** Whose card is asked for: a proxy shows the own one first, then the recipient's. */
function owner(kind: string, { visit, progress }: StepProps): { name: string; last4: string } {
  const { collector } = progress;
  const second = kind === "ktp" && isProxy(progress) && "ktp" in progress.documents;
  if (!isProxy(progress) || second) {
    return { name: visit.recipient.name, last4: visit.recipient.nik_last4 };
  }
  const listed = visit.collectors.find((one) => one.person_id === collector.person_id);
  return { name: collector.name, last4: listed?.nik_last4 ?? "" };
}

function hintOf(props: PaperProps): { name: string; last4: string } {
  const whose = owner(props.kind, props);
  return props.kind === "kk" ? { ...whose, last4: props.visit.household.family_card_last4 } : whose;
}

function PaperPhoto(props: PaperProps) {
  const { ask, kind, paper, progress, save, onMissing } = props;
  const keep = async (reference: EvidenceRef): Promise<void> => {
    await save(
      kind === "authority"
        ? { ...progress, authority: reference }
        : {
            ...progress,
            documents: { ...progress.documents, [slotOf(progress, kind)]: reference },
          },
    );
  };
  const mayMiss = ask.reasons.length > 0;
  const capture = useCapture({
    kind: kind as EvidenceKind,
    shape: kind === "ktp" ? "card" : "sheet",
    hint: t(`documents.${paper}.hint`, hintOf(props)),
    action: t(`documents.${paper}.take`),
    onTaken: keep,
    onMissing: mayMiss ? onMissing : undefined,
  });
  const { name } = owner(kind, props);
  const title = t(`documents.${paper}.title`, { name });
  return (
    <StepFrame {...props} step={ask.step} title={title} footer={capture.footer}>
      <h2>{title}</h2>
      <Alternatives {...props} />
      {capture.body}
      <WhoCollects {...props} />
    </StepFrame>
  );
}

/** A good photo is on file: the officer looks at the card, compares, and ticks. */
function LookAndTick(props: PaperProps & { onPhoto: () => void }) {
  const { ask, kind, paper, progress, save, onPhoto, onMissing } = props;
  const whose = hintOf(props);
  const title = t(`documents.${paper}.look`);
  return (
    <StepFrame
      {...props}
      step={ask.step}
      title={title}
      footer={
        <>
          <Second onClick={onPhoto}>{t("tick.photo")}</Second>
          {ask.reasons.length > 0 && (
            <Second onClick={() => onMissing("")}>{t("missing.cannot")}</Second>
          )}
          <Main
            onClick={() => void save({ ...progress, ticked: [...(progress.ticked ?? []), kind] })}
          >
            <Icon name="check" />
            {t(`documents.${paper}.seen`)}
          </Main>
        </>
      }
    >
      <h2>{title}</h2>
      <p class="answer">{t("tick.answer")}</p>
      <ul class="looks">
        <li>{t("tick.name", { name: whose.name })}</li>
        <li>{t(kind === "kk" ? "tick.card_number" : "tick.number", { last4: whose.last4 })}</li>
        <li>{t(kind === "kk" ? "tick.card_genuine" : "tick.genuine")}</li>
      </ul>
      <WhoCollects {...props} />
    </StepFrame>
  );
}

function Alternatives({ ask, kind, setKind }: PaperProps) {
  if (ask.anyOf.length < 2) return null;
  return (
    <fieldset class="choice-row">
      <legend class="unseen">{t("documents.which")}</legend>
      {ask.anyOf.map((one) => (
        <label key={one}>
          <input type="radio" name="paper" checked={one === kind} onChange={() => setKind(one)} />
          <span>{t(`documents.${one === "ktp" || one === "kk" ? one : "other"}.name`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

function WhoCollects({ progress, onChoose }: PaperProps) {
  if (!onChoose) return null;
  const { collector } = progress;
  const relation: Key = "relation.other";
  return (
    <p class="who">
      <span>
        {t("collector.who")}:{" "}
        <strong>
          {isProxy(progress)
            ? `${collector.name} (${coded("relation", collector.relation, relation)})`
            : t("collector.self")}
        </strong>
      </span>
      <button type="button" class="link" onClick={onChoose}>
        {t("collector.change")}
      </button>
    </p>
  );
}
