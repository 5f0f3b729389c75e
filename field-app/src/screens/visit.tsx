/** One family: what they receive, how far they are, and what can be done now. */

import { handlesCash } from "../domain/desks";
import { clockTime, coded, t, type Key } from "../i18n";
import { readVisit } from "../store/assignments";
import { readIdentity } from "../store/identity";
import { eventsOf } from "../store/outbox";
import { readProgress } from "../store/progress";
import { startHandOver } from "./acts";
import { readDesk } from "./desk";
import { OtherDesk } from "./desks/other-desk";
import { deskName } from "./desks/release";
import { readStop } from "./instructions";
import { useLive } from "./live";
import { Breakdown, Figure, Words } from "./parts/amount";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Facts, Main, Notice, PersonHead, Second } from "./parts/pieces";
import { ProofState } from "./parts/proof";
import { address, go } from "./route";
import { standingOf } from "./standing";

export function VisitScreen({ id }: { id: string }) {
  const shown = useLive(
    async () => ({
      visit: await readVisit(id),
      events: await eventsOf(id),
      desk: await readDesk(),
      progress: await readProgress(id),
      stop: await readStop(),
      zone: (await readIdentity())?.office.zone ?? "Asia/Jakarta",
    }),
    ["worklist", "outbox", "progress", "language"],
    [id],
  );
  if (!shown) return null;
  const { visit, events, progress, stop, zone, desk } = shown;
  if (!visit) return <NoSuchVisit />;
  const standing = standingOf(visit, events, progress, desk);
  const open = standing.kind === "under_way" || standing.kind === "in_doubt";
  const fresh = standing.kind === "waiting" || standing.kind === "failed";
  const pays = handlesCash(desk.role);
  // The payer's desk begins with the verifier's ticket, a check-in phone never.
  const begins = fresh && (desk.role === "all" || desk.role === "verifier");
  const payable = open || begins;
  if (standing.kind === "other_desk") {
    return <OtherDesk {...{ visit, desk, progress }} at={standing.desk} />;
  }
  const grouped = pays && desk.lease?.kind === "group" && fresh;
  const held = stop !== null && !progress?.begun;

  const start = async (): Promise<void> => {
    if (!open) await startHandOver(visit, "search");
    go({ at: "pay", id });
  };

  return (
    <Frame
      title={t("visit.title")}
      lead={visit.number}
      back={{ at: "worklist" }}
      footer={
        standing.kind === "released" ? (
          <Main onClick={() => go({ at: "release", id })}>{t("release.again")}</Main>
        ) : standing.kind === "verified" ? (
          <>
            <Second onClick={() => void start()}>{t("ticket.verify_again")}</Second>
            <Main onClick={() => go({ at: "pay", id })}>{t("ticket.show")}</Main>
          </>
        ) : fresh && desk.role === "payer" ? (
          <Main onClick={() => go({ at: "scan" })}>
            <Icon name="qrcode" />
            {t("ticket.scan")}
          </Main>
        ) : payable ? (
          <>
            {!open && <Second onClick={() => go({ at: "failed", id })}>{t("visit.failed")}</Second>}
            {!held && <Main onClick={() => void start()}>{t(startWord(open, pays))}</Main>}
          </>
        ) : null
      }
    >
      <PersonHead visit={visit} />
      {standing.kind === "released" && (
        <Notice tone="attention">
          {t("release.done", {
            desk: deskName(desk.peers.find((peer) => peer.device === standing.to)),
          })}
        </Notice>
      )}
      {standing.kind === "verified" && <Notice tone="good">{t("ticket.saved")}</Notice>}
      {fresh && desk.role === "payer" && <Notice>{t("ticket.needed")}</Notice>}
      {held && payable && (
        <Notice tone="attention" title={t("instruction.stopped")}>
          {stop?.text || t("instruction.stopped.body")}
        </Notice>
      )}
      {standing.kind === "failed" && (
        <Notice tone="plain">
          {t("standing.failed", { reason: coded("reason", standing.code, "cancel.reason.other") })}
        </Notice>
      )}
      {visit.unleased && payable && <Notice>{t("visit.unleased")}</Notice>}
      {visit.online_only && payable && <Notice>{t("visit.online_only")}</Notice>}
      {standing.kind === "elsewhere" && <Notice tone="good">{t("standing.elsewhere")}</Notice>}
      {standing.kind === "paid" && <ProofState proof={standing.proof} />}
      {pays && (
        <>
          <div class="amount">
            <p class="label">{t("visit.receives")}</p>
            <Figure amount={visit.total} />
            <Words amount={visit.total} />
          </div>
          <Breakdown visit={visit} />
        </>
      )}
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
      <a class="row row-plain" href={address({ at: "tell", id })}>
        <span class="row-name">{t("tell.link")}</span>
        <Icon name="chevron-right" />
      </a>
      {grouped && (
        <a class="row row-plain" href={address({ at: "release", id })}>
          <span class="row-name">{t("release.link")}</span>
          <Icon name="chevron-right" />
        </a>
      )}
    </Frame>
  );
}

const startWord = (open: boolean, pays: boolean): Key =>
  pays ? (open ? "visit.resume" : "visit.start") : open ? "verify.resume" : "verify.start";

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
