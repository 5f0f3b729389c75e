/** The recipient's mark: signature on glass, a thumbprint, or a witness. It ends the hand-over. */

import { useRef, useState } from "preact/hooks";
import { isStorageFull } from "../../device/phone";
import type { EvidenceRef, ReceiptMark, Witness } from "../../domain/events";
import { formatRupiah } from "../../domain/money";
import { asksOf, withMissing } from "../../domain/sop";
import { t } from "../../i18n";
import { keepEvidence } from "../../store/evidence";
import { endHandOver } from "../acts";
import { useCapture } from "../parts/camera-view";
import { MissingReasonScreen } from "../parts/missing";
import { Main, Notice, Second } from "../parts/pieces";
import { SignaturePad, type SignatureHandle } from "../parts/signature-pad";
import { WitnessForm } from "../parts/witness";
import { StepFrame, type StepProps } from "./step";

type Mark = Exclude<ReceiptMark, "none">;

/** What the procedure lets stand for the recipient's mark here. */
function marksOf({ progress, procedure }: StepProps): Mark[] {
  const ask = asksOf("receipt_mark", progress, procedure)[0];
  if (!ask) return ["signature", "thumbprint", "witness"];
  const drawn = (["signature", "thumbprint"] as const).filter((one) => ask.anyOf.includes(one));
  return ask.orWitness ? [...drawn, "witness"] : drawn;
}

type End = (
  mark: ReceiptMark,
  evidence: EvidenceRef | null,
  witness: Witness | null,
) => Promise<void>;

export function MarkStep(props: StepProps) {
  const { visit, progress, save } = props;
  const marks = marksOf(props);
  const [mark, setMark] = useState<Mark>(marks[0] ?? "witness");
  const [missing, setMissing] = useState<string | null>(null);
  const ask = asksOf("receipt_mark", progress, props.procedure)[0];
  const end: End = async (kind, evidence, witness) => {
    await save(await endHandOver(visit, progress, kind, evidence, witness));
  };
  if (missing !== null && ask) {
    return (
      <MissingReasonScreen
        ask={ask}
        what={t("mark.what")}
        first={missing}
        onBack={() => setMissing(null)}
        onMissing={async (entry) => {
          const told = withMissing(progress, entry);
          await save(await endHandOver(visit, told, "none", null, null));
        }}
      />
    );
  }
  const onMissing = ask && ask.reasons.length > 0 ? setMissing : undefined;
  const inner = { ...props, mark, marks, setMark, end, onMissing };
  if (mark === "thumbprint") return <Thumbprint {...inner} />;
  return mark === "witness" ? <ByWitness {...inner} /> : <Signature {...inner} />;
}

type MarkProps = StepProps & {
  mark: Mark;
  marks: readonly Mark[];
  setMark: (mark: Mark) => void;
  end: End;
  onMissing: ((first: string) => void) | undefined;
};

function Head({ visit, progress, mark, marks, setMark }: MarkProps) {
  return (
    <>
      <h2>{t("mark.title")}</h2>
      <p class="answer">
        {t("mark.receives", {
          name: progress.collector.name,
          amount: formatRupiah(visit.total),
        })}
      </p>
      <fieldset class="choice-row">
        <legend class="unseen">{t("mark.title")}</legend>
        {marks.map((one) => (
          <label key={one}>
            <input type="radio" name="mark" checked={one === mark} onChange={() => setMark(one)} />
            <span>{t(`mark.${one}`)}</span>
          </label>
        ))}
      </fieldset>
    </>
  );
}

function Cannot({ onMissing }: Pick<MarkProps, "onMissing">) {
  return onMissing ? <Second onClick={() => onMissing("")}>{t("missing.cannot")}</Second> : null;
}

const back =
  ({ progress, save }: MarkProps) =>
  () =>
    void save({ ...progress, photo: null });

function Signature(props: MarkProps) {
  const pad = useRef<SignatureHandle>(null);
  const [signed, setSigned] = useState(false);
  const [saving, setSaving] = useState(false);
  const [error, setError] = useState<string | null>(null);
  const store = async (): Promise<void> => {
    if (!signed || saving || !pad.current) return;
    setSaving(true);
    try {
      const bytes = await pad.current.read();
      await props.end("signature", await keepEvidence(bytes, "signature", "image/png"), null);
    } catch (reason) {
      setError(t(isStorageFull(reason) ? "app.storage_full" : "app.not_saved"));
      setSaving(false);
    }
  };
  return (
    <StepFrame
      {...props}
      step="receipt_mark"
      title={t("mark.title")}
      back={back(props)}
      footer={
        <>
          <Cannot {...props} />
          <Main onClick={() => void store()} busy={!signed || saving}>
            {t(saving ? "mark.saving" : "mark.save")}
          </Main>
        </>
      }
    >
      <Head {...props} />
      <p class="hint">{t("mark.signature.hint")}</p>
      <SignaturePad handle={pad} onSigned={setSigned} />
      {error && <Notice tone="danger">{error}</Notice>}
    </StepFrame>
  );
}

function Thumbprint(props: MarkProps) {
  const capture = useCapture({
    kind: "thumbprint",
    shape: "card",
    hint: t("mark.thumbprint.hint"),
    action: t("mark.thumbprint.take"),
    onTaken: (evidence) => props.end("thumbprint", evidence, null),
    onMissing: props.onMissing,
  });
  return (
    <StepFrame
      {...props}
      step="receipt_mark"
      title={t("mark.title")}
      back={back(props)}
      footer={capture.footer}
    >
      <Head {...props} />
      {capture.body}
    </StepFrame>
  );
}

function ByWitness(props: MarkProps) {
  return (
    <StepFrame
      {...props}
      step="receipt_mark"
      title={t("mark.title")}
      back={back(props)}
      footer={
        <Main type="submit" form="mark-witness">
          {t("mark.save")}
        </Main>
      }
    >
      <Head {...props} />
      <p class="hint">{t("mark.witness.hint")}</p>
      <WitnessForm id="mark-witness" onWitness={(witness) => props.end("witness", null, witness)} />
    </StepFrame>
  );
}
