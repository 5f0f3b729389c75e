/** The pictures after the hand-over: the recipient with cash and ID card, and the house. */

import { useState } from "preact/hooks";
import { t } from "../../i18n";
import type { EvidenceRef } from "../../domain/events";
import { nextAsk, withMissing, type PlannedAsk } from "../../domain/sop";
import { recordHouse } from "../acts";
import { useCapture } from "../parts/camera-view";
import { MissingReasonScreen } from "../parts/missing";
import { StepFrame, type StepProps } from "./step";

const PHOTO = {
  kind: "recipient_photo",
  title: "photo.title",
  hint: "photo.hint",
  take: "photo.take",
} as const;
const HOUSE = {
  kind: "house",
  title: "house.title",
  hint: "house.hint",
  take: "house.take",
} as const;
type Words = typeof PHOTO | typeof HOUSE;

export function PhotoStep(props: StepProps) {
  const { progress, procedure, save } = props;
  const ask = nextAsk("recipient_photo", progress, procedure);
  if (!ask) return null;
  return (
    <Picture
      {...props}
      ask={ask}
      words={PHOTO}
      onTaken={(photo) => save({ ...progress, photo })}
      back={() => void save({ ...progress, counted: false })}
    />
  );
}

export function HouseStep(props: StepProps) {
  const { visit, progress, procedure, save } = props;
  const ask = nextAsk("house", progress, procedure);
  if (!ask) return null;
  return (
    <Picture
      {...props}
      ask={ask}
      words={HOUSE}
      onTaken={async (house) => {
        await recordHouse(visit, house);
        await save({ ...progress, house });
      }}
    />
  );
}

function Picture({
  ask,
  words,
  onTaken,
  back,
  ...props
}: StepProps & {
  ask: PlannedAsk;
  words: Words;
  onTaken: (reference: EvidenceRef) => Promise<void>;
  back?: () => void;
}) {
  const [missing, setMissing] = useState<string | null>(null);
  if (missing !== null) {
    return (
      <MissingReasonScreen
        ask={ask}
        what={t(words.title)}
        first={missing}
        onBack={() => setMissing(null)}
        onMissing={(entry) => props.save(withMissing(props.progress, entry))}
      />
    );
  }
  return <Camera {...{ ...props, ask, words, onTaken, back }} onMissing={setMissing} />;
}

function Camera({
  ask,
  words,
  onTaken,
  back,
  onMissing,
  ...props
}: StepProps & {
  ask: PlannedAsk;
  words: Words;
  onTaken: (reference: EvidenceRef) => Promise<void>;
  back: (() => void) | undefined;
  onMissing: (first: string) => void;
}) {
  const mayMiss = ask.reasons.length > 0;
  const capture = useCapture({
    kind: words.kind,
    shape: "scene",
    hint: t(words.hint),
    action: t(words.take),
    onTaken,
    onMissing: mayMiss ? onMissing : undefined,
  });
  return (
    <StepFrame
      {...props}
      step={ask.step}
      title={t(words.title)}
      {...(back ? { back } : {})}
      footer={capture.footer}
    >
      <h2>{t(words.title)}</h2>
      {capture.body}
    </StepFrame>
  );
}
