/** The pictures after the hand-over: the recipient with cash and ID card, and the house. */

import { t } from "../../i18n";
import { recordHouse } from "../acts";
import { useCapture } from "../parts/camera-view";
import { StepFrame, type StepProps } from "./step";

export function PhotoStep({ visit, progress, procedure, save }: StepProps) {
  const capture = useCapture({
    kind: "recipient_photo",
    shape: "scene",
    hint: t("photo.hint"),
    action: t("photo.take"),
    onTaken: (photo) => save({ ...progress, photo }),
    onSkip: () => void save({ ...progress, skipped: [...progress.skipped, "recipient_photo"] }),
  });
  return (
    <StepFrame
      {...{ visit, progress, procedure }}
      step="recipient_photo"
      title={t("photo.title")}
      back={() => void save({ ...progress, counted: false })}
      footer={capture.footer}
    >
      <h2>{t("photo.title")}</h2>
      {capture.body}
    </StepFrame>
  );
}

export function HouseStep({ visit, progress, procedure, save }: StepProps) {
  const capture = useCapture({
    kind: "house",
    shape: "scene",
    hint: t("house.hint"),
    action: t("house.take"),
    onTaken: async (house) => {
      await recordHouse(visit, house);
      await save({ ...progress, house });
    },
    onSkip: () => void save({ ...progress, skipped: [...progress.skipped, "house"] }),
  });
  return (
    <StepFrame
      {...{ visit, progress, procedure }}
      step="house"
      title={t("house.title")}
      footer={capture.footer}
    >
      <h2>{t("house.title")}</h2>
      {capture.body}
    </StepFrame>
  );
}
