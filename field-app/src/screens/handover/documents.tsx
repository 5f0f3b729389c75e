/** ID card and family card, seen and photographed; and who it is that collects. */

import { useState } from "preact/hooks";
import { nextDocument, type DocumentCode } from "../../domain/sop";
import type { EvidenceRef } from "../../domain/events";
import type { Collector } from "../../domain/worklist";
import { coded, t } from "../../i18n";
import { dropEvidence } from "../../store/evidence";
import { useCapture } from "../parts/camera-view";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { Second } from "../parts/pieces";
import { go } from "../route";
import { StepFrame, type StepProps } from "./step";

export function DocumentsStep(props: StepProps) {
  const [choosing, setChoosing] = useState(false);
  const { visit, progress, procedure, save } = props;
  const document = nextDocument(progress, procedure) ?? "ktp";
  if (choosing) {
    return (
      <CollectorChoice
        {...props}
        onChosen={async (collector) => {
          await dropEvidence(progress.authority);
          const { person_id, name } = collector;
          const relation = collector.relation || "other";
          const next = { ...progress, authority: null, faces: [] };
          await save({ ...next, collector: { person_id, name, relation } });
          setChoosing(false);
        }}
        onBack={() => setChoosing(false)}
      />
    );
  }
  // A new camera for each paper would blink; the key keeps state of one paper from the next.
  return (
    <DocumentCapture
      {...{ visit, progress, procedure, save, document }}
      onChoose={() => setChoosing(true)}
    />
  );
}

function DocumentCapture({
  visit,
  progress,
  procedure,
  save,
  document,
  onChoose,
}: StepProps & { document: DocumentCode; onChoose: () => void }) {
  const { collector } = progress;
  const lastDigits =
    document === "kk"
      ? visit.household.family_card_last4
      : (visit.collectors.find((one) => one.person_id === collector.person_id)?.nik_last4 ??
        visit.recipient.nik_last4);
  const keep = async (reference: EvidenceRef): Promise<void> => {
    await save(
      document === "authority"
        ? { ...progress, authority: reference }
        : { ...progress, documents: { ...progress.documents, [document]: reference } },
    );
  };
  const capture = useCapture({
    kind: document,
    shape: document === "kk" || document === "authority" ? "sheet" : "card",
    hint: t(`documents.${document}.hint`, { name: collector.name, last4: lastDigits }),
    action: t(`documents.${document}.take`),
    onTaken: keep,
    onSkip: () => void save({ ...progress, skipped: [...progress.skipped, document] }),
  });
  const self = collector.relation === "self";
  return (
    <StepFrame
      {...{ visit, progress, procedure }}
      step="documents"
      title={t(`documents.${document}.title`)}
      footer={
        <>
          <Second onClick={() => go({ at: "failed", id: visit.id })}>
            {t("documents.cannot")}
          </Second>
          {capture.footer}
        </>
      }
    >
      <h2>{t(`documents.${document}.title`)}</h2>
      {capture.body}
      <p class="who">
        <span>
          {t("collector.who")}:{" "}
          <strong>
            {self
              ? t("collector.self")
              : `${collector.name} (${coded("relation", collector.relation, "relation.other")})`}
          </strong>
        </span>
        <button type="button" class="link" onClick={onChoose}>
          {t("collector.change")}
        </button>
      </p>
    </StepFrame>
  );
}

function CollectorChoice({
  visit,
  progress,
  onChosen,
  onBack,
}: StepProps & {
  onChosen: (collector: Pick<Collector, "person_id" | "name" | "relation">) => Promise<void>;
  onBack: () => void;
}) {
  const recipient = { ...visit.recipient, relation: "self" };
  const others = visit.collectors.filter((one) => one.person_id !== recipient.person_id);
  return (
    <Frame title={t("collector.title")} back={onBack}>
      <div class="stack">
        <h1>{t("collector.title")}</h1>
        <p class="answer">{t("collector.answer")}</p>
        {others.length === 0 && <p class="hint">{t("collector.none")}</p>}
        <ul class="rows">
          {[recipient, ...others].map((one) => (
            <li key={one.person_id}>
              <button
                type="button"
                class="row"
                aria-label={t("collector.choose", { name: one.name })}
                aria-pressed={one.person_id === progress.collector.person_id}
                onClick={() => void onChosen(one)}
              >
                <span class="row-name">
                  {one.name}
                  <span class="row-detail">
                    {[
                      coded("relation", one.relation, "relation.other"),
                      one.birth_year && t("visit.born", { year: one.birth_year }),
                      t("visit.id_card", { last4: one.nik_last4 }),
                    ]
                      .filter(Boolean)
                      .join(" · ")}
                  </span>
                </span>
                <Icon
                  name={
                    one.person_id === progress.collector.person_id
                      ? "circle-check"
                      : "chevron-right"
                  }
                />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Frame>
  );
}
