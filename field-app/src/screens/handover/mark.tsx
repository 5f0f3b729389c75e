/** The recipient's mark: signature on glass, a thumbprint, or a witness. It ends the hand-over. */

import { useRef, useState } from "preact/hooks";
import { isStorageFull } from "../../device/phone";
import type { EvidenceRef, ReceiptMark, Witness } from "../../domain/events";
import { formatRupiah } from "../../domain/money";
import { t } from "../../i18n";
import { keepEvidence } from "../../store/evidence";
import { endHandOver } from "../acts";
import { useCapture } from "../parts/camera-view";
import { Main, Notice } from "../parts/pieces";
import { SignaturePad, type SignatureHandle } from "../parts/signature-pad";
import { WitnessForm } from "../parts/witness";
import { StepFrame, type StepProps } from "./step";

const MARKS: readonly ReceiptMark[] = ["signature", "thumbprint", "witness"];

type End = (
  mark: ReceiptMark,
  evidence: EvidenceRef | null,
  witness: Witness | null,
) => Promise<void>;

export function MarkStep(props: StepProps) {
  const { visit, progress, save } = props;
  const [mark, setMark] = useState<ReceiptMark>("signature");
  const end: End = async (kind, evidence, witness) => {
    await save(await endHandOver(visit, progress, kind, evidence, witness));
  };
  const inner = { ...props, mark, setMark, end };
  if (mark === "thumbprint") return <Thumbprint {...inner} />;
  return mark === "witness" ? <ByWitness {...inner} /> : <Signature {...inner} />;
}

type MarkProps = StepProps & {
  mark: ReceiptMark;
  setMark: (mark: ReceiptMark) => void;
  end: End;
};

function Head({ visit, progress, mark, setMark }: MarkProps) {
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
        {MARKS.map((one) => (
          <label key={one}>
            <input type="radio" name="mark" checked={one === mark} onChange={() => setMark(one)} />
            <span>{t(`mark.${one}`)}</span>
          </label>
        ))}
      </fieldset>
    </>
  );
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
        <Main onClick={() => void store()} busy={!signed || saving}>
          {t(saving ? "mark.saving" : "mark.save")}
        </Main>
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
