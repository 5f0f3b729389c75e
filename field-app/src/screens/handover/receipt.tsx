/** The end: how much, to whom, and whether it is safe to put the phone away. */

import { formatRupiah } from "../../domain/money";
import { inOrder } from "../../domain/worklist";
import { dayAndTime, t } from "../../i18n";
import { readIdentity } from "../../store/identity";
import { eventsOf } from "../../store/outbox";
import { useLive } from "../live";
import { Figure } from "../parts/amount";
import { Icon } from "../parts/icons";
import { Facts, Main, Second } from "../parts/pieces";
import { ProofState } from "../parts/proof";
import { replace } from "../route";
import { proofOf, readStandings } from "../standing";
import { StepFrame, type StepProps } from "./step";

export function ReceiptStep({ visit, progress, procedure }: StepProps) {
  const shown = useLive(
    async () => ({
      event: (await eventsOf(visit.id)).find((one) => one.kind === "handed_over"),
      identity: await readIdentity(),
      standings: await readStandings(),
    }),
    ["outbox", "language"],
    [visit.id],
  );
  if (!shown?.event || !shown.identity) return null;
  const { event, identity, standings } = shown;
  const proof = proofOf(event);
  const next = inOrder(standings.visits).find(
    (one) => standings.of.get(one.id)?.kind === "waiting",
  );
  return (
    <StepFrame
      {...{ visit, progress, procedure }}
      step="receipt"
      title={t("step.receipt")}
      footer={
        <>
          {next && (
            <Second onClick={() => replace({ at: "worklist" })}>{t("receipt.to_list")}</Second>
          )}
          <Main onClick={() => replace(next ? { at: "visit", id: next.id } : { at: "worklist" })}>
            {next ? t("receipt.next", { name: next.recipient.name }) : t("receipt.to_list")}
          </Main>
        </>
      }
    >
      <div class="amount">
        <Figure amount={visit.total} />
        <p class="words">
          {t("receipt.handed")} {progress.collector.name}
        </p>
      </div>
      <p class="safe" role="status">
        <Icon name="circle-check" />
        {t(proof === "saved" ? "receipt.safe.later" : "receipt.safe")}
      </p>
      <ProofState proof={proof} />
      <Facts
        rows={[
          [t("receipt.time"), dayAndTime(event.stored_at, identity.office.zone)],
          [t("receipt.number"), visit.number],
          [t("receipt.by"), identity.officer.name],
          ...visit.payments.map(
            (payment) => [payment.program_name, formatRupiah(payment.amount)] as const,
          ),
        ]}
      />
    </StepFrame>
  );
}
