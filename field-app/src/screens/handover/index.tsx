/** A hand-over, step by step, in the order that the procedure gives. */

import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { handlesCash, rightOf } from "../../domain/desks";
import { currentStep, type Progress, type StepCode } from "../../domain/sop";
import { readVisit } from "../../store/assignments";
import { eventsOf } from "../../store/outbox";
import { readProgress, saveProgress } from "../../store/progress";
import { procedureOf } from "../acts";
import { readDesk } from "../desk";
import { OtherDesk } from "../desks/other-desk";
import { TicketScreen } from "../desks/ticket";
import { readStop } from "../instructions";
import { useLive } from "../live";
import { NoSuchVisit, VisitScreen } from "../visit";
import { CashStep } from "./cash";
import { DocumentsStep } from "./documents";
import { FaceStep } from "./face";
import { LetterStep } from "./letter";
import { MarkStep } from "./mark";
import { HouseStep, PhotoStep } from "./photo";
import { ReceiptStep } from "./receipt";
import type { StepProps } from "./step";

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
        desk: await readDesk(),
        verified: (await eventsOf(id)).some((event) => event.kind === "verification"),
        progress: await readProgress(id),
        stop: await readStop(),
        procedure: visit ? await procedureOf(visit) : null,
      };
    },
    ["progress", "worklist", "language"],
    [id],
  );
  if (!shown) return null;
  const { visit, procedure, desk, verified } = shown;
  if (!visit || !procedure) return <NoSuchVisit />;
  const progress = ended ?? shown.progress;
  if (!progress) {
    const waits = verified && desk.role === "verifier";
    return waits ? <TicketScreen visit={visit} /> : <VisitScreen id={id} />;
  }
  const right = rightOf(visit, desk);
  const entitled = progress.begun || progress.by?.stub || progress.by?.unleased;
  if (handlesCash(desk.role) && right.kind !== "here" && !entitled) {
    const at = right.kind === "other_desk" ? right.desk : null;
    return <OtherDesk {...{ visit, desk, progress, at }} />;
  }
  // Asked to stop: what has not begun waits. Notes that are on the table are handed over or put back.
  if (shown.stop && !progress.begun && !progress.handedOver) return <VisitScreen id={id} />;
  const Step = STEPS[currentStep(progress, procedure)];
  const save = async (next: Progress): Promise<void> => {
    if (next.handedOver) setEnded(next);
    else await saveProgress(next);
  };
  return <Step {...{ visit, progress, procedure, save }} />;
}
