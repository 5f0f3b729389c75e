/** The hand-over itself: how much, in figures, in words, in notes. Written down as begun already. */

import { useEffect, useState } from "preact/hooks";
import { formatRupiah } from "../../domain/money";
import { t, type Key } from "../../i18n";
import { Unreachable } from "../../sync/api";
import { beginHandOver, cancelHandOver, CANCEL_REASONS, NoLongerPayable, NotOurs } from "../acts";
import { Breakdown, Figure, Tally, Words } from "../parts/amount";
import { Frame } from "../parts/frame";
import { Main, Notice, Second } from "../parts/pieces";
import { replace } from "../route";
import { StepFrame, type StepProps } from "./step";
import { ShowRecipient } from "./show";

function why(reason: unknown): Key {
  if (reason instanceof NoLongerPayable) return "cash.no_longer";
  if (reason instanceof NotOurs) return "cash.not_ours";
  return reason instanceof Unreachable ? "cash.needs_network" : "app.not_saved";
}

export function CashStep({ visit, progress, procedure, save }: StepProps) {
  const [view, setView] = useState<"cash" | "show" | "cancel">("cash");
  const [failed, setFailed] = useState<Key | null>(null);
  // The beginning is on the disk before the amount is on the screen: only then may notes come out.
  useEffect(() => {
    if (!progress.begun) void beginHandOver(visit).catch((reason) => setFailed(why(reason)));
  }, [progress.begun]);
  if (!progress.begun) {
    return (
      <StepFrame {...{ visit, progress, procedure }} step="hand_over" title={t("cash.give")}>
        {failed && <Notice tone="danger">{t(failed)}</Notice>}
      </StepFrame>
    );
  }
  if (view === "show") return <ShowRecipient visit={visit} onClose={() => setView("cash")} />;
  if (view === "cancel") {
    return (
      <Cancel
        amount={visit.total}
        onKeep={() => setView("cash")}
        onCancel={async (reason) => {
          await cancelHandOver(visit, progress, reason);
          replace({ at: "visit", id: visit.id });
        }}
      />
    );
  }
  const changed = progress.letterClaims !== null && progress.letterClaims.total !== visit.total;
  return (
    <StepFrame
      {...{ visit, progress, procedure }}
      step="hand_over"
      title={t("cash.give")}
      back={() => setView("cancel")}
      footer={
        <>
          <Second onClick={() => setView("show")}>{t("cash.show")}</Second>
          <Main onClick={() => void save({ ...progress, counted: true })}>{t("cash.counted")}</Main>
        </>
      }
    >
      <div class="amount">
        <p class="label">{t("cash.give")}</p>
        <Figure amount={visit.total} />
        <Words amount={visit.total} />
      </div>
      <Breakdown visit={visit} />
      <Tally amount={visit.total} />
      <p class="hint">{t(changed ? "cash.whole.changed" : "cash.whole")}</p>
    </StepFrame>
  );
}

function Cancel({
  amount,
  onCancel,
  onKeep,
}: {
  amount: number;
  onCancel: (reason: (typeof CANCEL_REASONS)[number]) => Promise<void>;
  onKeep: () => void;
}) {
  const [reason, setReason] = useState<(typeof CANCEL_REASONS)[number]>(CANCEL_REASONS[0]);
  return (
    <Frame
      title={t("cancel.title")}
      back={onKeep}
      footer={
        <>
          <Second onClick={onKeep}>{t("cancel.keep")}</Second>
          <Main onClick={() => void onCancel(reason)}>{t("cancel.confirm")}</Main>
        </>
      }
    >
      <div class="stack">
        <h1>{t("cancel.title")}</h1>
        <p class="answer">{t("cancel.body", { amount: formatRupiah(amount) })}</p>
        <fieldset class="choices">
          <legend>{t("cancel.reason")}</legend>
          {CANCEL_REASONS.map((one) => (
            <label key={one}>
              <input
                type="radio"
                name="reason"
                checked={one === reason}
                onChange={() => setReason(one)}
              />
              <span>{t(`cancel.reason.${one}`)}</span>
            </label>
          ))}
        </fieldset>
      </div>
    </Frame>
  );
}
