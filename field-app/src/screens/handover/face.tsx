/** The face: taken live, checked by the server, and never a dead end when in doubt. */

import { useState } from "preact/hooks";
import { checkFace } from "../../device/faces";
import { readTemplate } from "../../domain/faces/judging";
import type { EvidenceRef, Method, Witness } from "../../domain/events";
import {
  asksOf,
  faceBranch,
  withMissing,
  type FaceTry,
  type WitnessReason,
} from "../../domain/sop";
import { coded, t } from "../../i18n";
import type { Visit } from "../../domain/worklist";
import { dropEvidence, readEvidence } from "../../store/evidence";
import { readFaces } from "../../sync/face-models";
import { verifyFace } from "../../sync/pull";
import { verify } from "../acts";
import { useCapture } from "../parts/camera-view";
import { Main, Notice, Second } from "../parts/pieces";
import { MissingReasonScreen } from "../parts/missing";
import { WitnessForm } from "../parts/witness";
import { EvidencePicture } from "../parts/picture";
import { go } from "../route";
import { AskOffice } from "./ask";
import { StepFrame, type StepProps } from "./step";

export function FaceStep(props: StepProps) {
  const { visit, progress, procedure, save } = props;
  const ask = asksOf("face", progress, procedure)[0];
  const [checking, setChecking] = useState<EvidenceRef | null>(null);
  const [again, setAgain] = useState(false);
  const [asking, setAsking] = useState(false);
  const [missing, setMissing] = useState<string | null>(null);
  const [reference, setReference] = useState(visit.recipient.has_reference);
  const branch = faceBranch(progress, reference, procedure);

  const check = async (evidence: EvidenceRef): Promise<void> => {
    setChecking(evidence);
    setAgain(false);
    const answer = await advise(visit, progress.collector.person_id, evidence);
    if (answer.hasReference !== null) setReference(answer.hasReference);
    // The same bytes again are one picture: it is still needed.
    const others = progress.faces.filter((old) => old.evidence.sha256 !== evidence.sha256);
    for (const old of others) await dropEvidence(old.evidence);
    await save({ ...progress, faces: [...progress.faces, answer.face] });
    setChecking(null);
  };

  const settle = async (
    method: Method,
    witness: Witness | null,
    reason: string | null,
    code: string | null = null,
  ): Promise<void> => {
    await verify(visit, progress, method, witness, reason, code);
  };

  const doubted = progress.faces.at(-1)?.evidence;
  if (asking && doubted) {
    return (
      <AskOffice
        {...props}
        evidence={doubted}
        onSame={(witness, reason) => settle("witness", witness, reason)}
        onBack={() => setAsking(false)}
      />
    );
  }
  if (checking) return <Checking {...props} evidence={checking} />;
  if (missing !== null && ask) {
    return (
      <MissingReasonScreen
        ask={ask}
        what={t("face.what")}
        first={missing}
        onBack={() => setMissing(null)}
        onMissing={async (entry) => {
          await save(withMissing(progress, entry));
          setMissing(null);
        }}
        onNotToday={() => go({ at: "failed", id: visit.id })}
      />
    );
  }
  if (branch.kind === "capture" || again) {
    const last = again ? undefined : progress.faces.at(-1);
    const mayMiss = ask !== undefined && ask.reasons.length > 0;
    return (
      <FaceCapture
        {...props}
        last={last}
        onTaken={check}
        onMissing={mayMiss ? setMissing : undefined}
      />
    );
  }
  if (branch.kind === "witness") {
    return (
      <AskWitness
        {...props}
        why={branch.reason}
        onAsk={() => setAsking(true)}
        onWitness={(witness, reason, code) => settle(branch.method, witness, reason, code)}
      />
    );
  }
  const good = branch.kind === "pay";
  return (
    <StepFrame
      {...props}
      step="face"
      title={t(good ? "face.match" : "face.offline")}
      footer={
        good ? (
          <>
            <Second onClick={() => setAgain(true)}>{t("face.again")}</Second>
            <Settle label={t("face.continue")} onSettle={() => settle(branch.method, null, null)} />
          </>
        ) : (
          <>
            <Second onClick={() => go({ at: "failed", id: visit.id })}>
              {t("face.compare.other")}
            </Second>
            <Settle
              label={t("face.compare.same")}
              onSettle={() => settle(branch.method, null, null)}
            />
          </>
        )
      }
    >
      <EvidencePicture reference={progress.faces.at(-1)?.evidence} shape="face" />
      {good ? (
        <Notice tone="good" title={t("face.match")}>
          {t("face.match.body")}
        </Notice>
      ) : (
        <Notice tone="attention" title={t("face.offline")}>
          {t("face.offline.body")}
        </Notice>
      )}
    </StepFrame>
  );
}

interface Asked {
  readonly face: FaceTry;
  readonly hasReference: boolean | null;
}

/** What the server says; without it what the phone sees itself, and otherwise the officer's eye. */
async function advise(visit: Visit, person: string, evidence: EvidenceRef): Promise<Asked> {
  try {
    const answer = await verifyFace(visit.id, person, evidence.sha256);
    const { verdict, scoreMilli: score_milli, reasons, ticket } = answer;
    return {
      face: { evidence, verdict, score_milli, reasons, ticket },
      hasReference: answer.hasReference,
    };
  } catch {
    return { face: await adviceOfPhone(visit, person, evidence), hasReference: null };
  }
}

async function adviceOfPhone(
  visit: Visit,
  person: string,
  evidence: EvidenceRef,
): Promise<FaceTry> {
  const unchecked: FaceTry = {
    evidence,
    verdict: "unchecked",
    score_milli: null,
    reasons: [],
    ticket: null,
  };
  const known = [visit.recipient, ...visit.collectors].find(
    ({ person_id }) => person_id === person,
  );
  try {
    const kept = await readEvidence(evidence.sha256);
    if (!kept?.bytes) return unchecked;
    const template = known?.face ? readTemplate(known.face) : null;
    const advice = await checkFace(new Uint8Array(kept.bytes), template, readFaces);
    // Somebody whom this phone cannot compare is compared by eye, unless the photo itself is poor.
    if (!template && advice.verdict !== "capture_again") return unchecked;
    return {
      ...unchecked,
      verdict: advice.verdict,
      score_milli: advice.scoreMilli,
      reasons: advice.reasons,
    };
  } catch {
    return unchecked;
  }
}

/** The verification is written before the next screen. */
function Settle({ label, onSettle }: { label: string; onSettle: () => Promise<void> }) {
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const press = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await onSettle().catch(() => {
      setFailed(true);
      setBusy(false);
    });
  };
  return (
    <>
      {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
      <Main onClick={() => void press()} busy={busy}>
        {label}
      </Main>
    </>
  );
}

function FaceCapture({
  last,
  onTaken,
  onMissing,
  ...props
}: StepProps & {
  last: FaceTry | undefined;
  onTaken: (evidence: EvidenceRef) => Promise<void>;
  onMissing: ((first: string) => void) | undefined;
}) {
  const { visit, progress, procedure } = props;
  const branch = faceBranch(progress, true, procedure);
  const left = branch.kind === "capture" ? branch.triesLeft : 0;
  const capture = useCapture({
    kind: "face",
    shape: "face",
    hint: t("face.hint"),
    action: t(last ? "face.again" : "face.take"),
    onTaken,
    onMissing: last ? undefined : onMissing,
  });
  const title = t("face.title", { name: progress.collector.name });
  return (
    <StepFrame
      {...props}
      step="face"
      title={title}
      footer={
        <>
          {last && (
            <Second onClick={() => go({ at: "failed", id: visit.id })}>
              {t("witness.appointment")}
            </Second>
          )}
          {capture.footer}
        </>
      }
    >
      <h2>{title}</h2>
      {last && (
        <Notice tone="attention" title={t("face.capture_again")}>
          <p>
            {(last.reasons.length ? last.reasons : ["other"])
              .map((reason) => coded("face.reason", reason, "face.reason.other"))
              .join(" ")}{" "}
            {t("face.tries_left", { n: left })}
          </p>
        </Notice>
      )}
      {capture.body}
    </StepFrame>
  );
}

function Checking({ evidence, ...props }: StepProps & { evidence: EvidenceRef }) {
  return (
    <StepFrame {...props} step="face" title={t("face.checking")}>
      <EvidencePicture reference={evidence} shape="face" />
      <p class="working" role="status">
        {t("face.checking")}
      </p>
    </StepFrame>
  );
}

const WHY = {
  review: ["face.review", "face.review.body"],
  no_reference: ["face.no_reference", "face.no_reference.body"],
  not_matched: ["face.not_matched", "face.not_matched.body"],
  proxy: ["face.proxy", "face.proxy.body"],
  no_picture: ["face.no_picture", "face.no_picture.body"],
} as const;

function AskWitness({
  why,
  onAsk,
  onWitness,
  ...props
}: StepProps & {
  why: WitnessReason;
  onAsk: () => void;
  onWitness: (witness: Witness, reason: string | null, code: string | null) => Promise<void>;
}) {
  const [title, body] = WHY[why];
  const inDoubt = why === "review" || why === "not_matched";
  return (
    <StepFrame
      {...props}
      step="face"
      title={t(title)}
      footer={
        <>
          <Second onClick={() => go({ at: "failed", id: props.visit.id })}>
            {t("witness.appointment")}
          </Second>
          {inDoubt && <Second onClick={onAsk}>{t("ask.start")}</Second>}
          <Main type="submit" form="witness">
            {t("witness.submit")}
          </Main>
        </>
      }
    >
      <EvidencePicture reference={props.progress.faces.at(-1)?.evidence} shape="face" />
      <Notice
        tone={why === "no_reference" || why === "proxy" ? "plain" : "attention"}
        title={t(title)}
      >
        {t(body)}
      </Notice>
      <WitnessForm
        id="witness"
        asksReason={inDoubt}
        asksCode={why === "not_matched"}
        onWitness={onWitness}
      />
    </StepFrame>
  );
}
