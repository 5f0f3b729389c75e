/** One family: what they receive, how far they are, and what can be done now. */

import { begin } from "../domain/sop";
import { clockTime, coded, t } from "../i18n";
import { readVisit } from "../store/assignments";
import { readIdentity } from "../store/identity";
import { eventsOf } from "../store/outbox";
import { readProgress, saveProgress } from "../store/progress";
import { useLive } from "./live";
import { Breakdown, Figure, Words } from "./parts/amount";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Facts, Main, Notice, PersonHead, Second } from "./parts/pieces";
import { ProofState } from "./parts/proof";
import { go } from "./route";
import { standingOf } from "./standing";

export function VisitScreen({ id }: { id: string }) {
  const shown = useLive(
    async () => ({
      visit: await readVisit(id),
      events: await eventsOf(id),
      progress: await readProgress(id),
      zone: (await readIdentity())?.office.zone ?? "Asia/Jakarta",
    }),
    ["worklist", "outbox", "progress", "language"],
    [id],
  );
  if (!shown) return null;
  const { visit, events, progress, zone } = shown;
  if (!visit) return <NoSuchVisit />;
  const standing = standingOf(visit, events, progress);
  const open = standing.kind === "under_way" || standing.kind === "in_doubt";
  const payable = open || standing.kind === "waiting" || standing.kind === "failed";

  const start = async (): Promise<void> => {
    if (!open) await saveProgress(begin(visit.id, visit.recipient, "search", null, Date.now()));
    go({ at: "pay", id });
  };

  return (
    <Frame
      title={t("visit.title")}
      lead={visit.number}
      back={{ at: "worklist" }}
      footer={
        payable && (
          <>
            {!open && <Second onClick={() => go({ at: "failed", id })}>{t("visit.failed")}</Second>}
            <Main onClick={() => void start()}>{t(open ? "visit.resume" : "visit.start")}</Main>
          </>
        )
      }
    >
      <PersonHead visit={visit} />
      {standing.kind === "failed" && (
        <Notice tone="plain">
          {t("standing.failed", { reason: coded("reason", standing.code, "cancel.reason.other") })}
        </Notice>
      )}
      {visit.unleased && payable && <Notice>{t("visit.unleased")}</Notice>}
      {standing.kind === "elsewhere" && <Notice tone="good">{t("standing.elsewhere")}</Notice>}
      {standing.kind === "paid" && <ProofState proof={standing.proof} />}
      <div class="amount">
        <p class="label">{t("visit.receives")}</p>
        <Figure amount={visit.total} />
        <Words amount={visit.total} />
      </div>
      <Breakdown visit={visit} />
      <Facts
        rows={[
          [t("visit.number"), visit.number],
          ...(visit.slot
            ? ([
                [
                  t("receipt.time"),
                  `${clockTime(visit.slot.starts, zone)}–${clockTime(visit.slot.ends, zone)}`,
                ],
              ] as const)
            : []),
          [
            visit.recipient.name,
            [
              t("visit.id_card", { last4: visit.recipient.nik_last4 }),
              visit.recipient.birth_year && t("visit.born", { year: visit.recipient.birth_year }),
            ]
              .filter(Boolean)
              .join(" · "),
          ],
          ...visit.collectors
            .filter((collector) => collector.person_id !== visit.recipient.person_id)
            .map(
              (collector) =>
                [collector.name, coded("relation", collector.relation, "relation.other")] as const,
            ),
        ]}
      />
    </Frame>
  );
}

export function NoSuchVisit() {
  return (
    <Frame
      title={t("visit.missing.title")}
      back={{ at: "worklist" }}
      footer={
        <Main onClick={() => go({ at: "worklist" })}>
          <Icon name="chevron-left" />
          {t("visit.to_list")}
        </Main>
      }
    >
      <div class="stack">
        <h1>{t("visit.missing.title")}</h1>
        <p class="answer">{t("visit.missing.body")}</p>
      </div>
    </Frame>
  );
}
