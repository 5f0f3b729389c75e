/** The list of a desk that pays: who is next, and how much they receive. */

import { formatRupiah } from "../../domain/money";
import { inOrder, type Visit } from "../../domain/worklist";
import { clockTime, day, t } from "../../i18n";
import { readWorklistHead } from "../../store/assignments";
import { readIdentity } from "../../store/identity";
import { pullNow, syncState } from "../../sync/engine";
import { useLive } from "../live";
import { Frame } from "../parts/frame";
import { Icon, type IconName } from "../parts/icons";
import { Face, Main, Notice, Second } from "../parts/pieces";
import { address, go, type Route } from "../route";
import { readStandings, type Standing, type Standings } from "../standing";
import { Calls, ToClose } from "./calls";
import { Group } from "./rows";

export function PayersList() {
  const shown = useLive(
    async () => ({
      head: await readWorklistHead(),
      identity: await readIdentity(),
      standings: await readStandings(),
    }),
    ["worklist", "outbox", "progress", "language"],
  );
  if (!shown?.identity) return null;
  const { head, identity, standings } = shown;
  const zone = identity.office.zone;
  const visits = inOrder(standings.visits);
  const groups = grouped(visits, standings);
  const { role, lease } = standings.desk;
  const next = groups.underWay[0] ?? groups.waiting[0];
  const rest = groups.waiting.filter((visit) => visit !== next);
  const place = head?.session?.name ?? identity.office.name;
  const desk = typeof lease?.desk === "number" ? ` · ${t("desk.name", { n: lease.desk })}` : "";

  return (
    <Frame
      title={t("worklist.title")}
      lead={`${day(Date.now(), zone)} · ${place}${desk}`}
      footer={
        visits.length > 0 && (
          <>
            <Second onClick={() => go({ at: "search" })}>{t("worklist.search")}</Second>
            <Main onClick={() => go({ at: "scan" })}>
              <Icon name="qrcode" />
              {t(role === "payer" ? "ticket.scan" : "worklist.scan")}
            </Main>
          </>
        )
      }
    >
      <h1 class="unseen">{t("worklist.title")}</h1>
      <Calls />
      {visits.length === 0 ? (
        <Empty pulled={head !== null} />
      ) : next ? (
        <Next visit={next} standing={standings.of.get(next.id)} zone={zone} />
      ) : (
        <Notice tone="good" title={t("worklist.done.title")}>
          {t("worklist.done.body")}
        </Notice>
      )}
      {visits.length > 0 && <Sums standings={standings} />}
      <Group
        title={t("worklist.under_way")}
        visits={groups.underWay.filter((v) => v !== next)}
        {...{ standings, zone }}
      />
      <Group title={t("worklist.waiting")} visits={rest} {...{ standings, zone }} />
      <Group title={t("worklist.later")} visits={groups.later} {...{ standings, zone }} />
      <Group title={t("worklist.finished")} visits={groups.finished} {...{ standings, zone }} />
      <Group title={t("worklist.released")} visits={groups.released} {...{ standings, zone }} />
      {groups.others.length > 0 && (
        <p class="hint">{t("worklist.others", { n: groups.others.length })}</p>
      )}
      {visits.length > 0 && <Link to={{ at: "queue" }} icon="clock" text={t("queue.title")} />}
      {Object.keys(head?.lease?.seals ?? {}).length > 1 && (
        <Link to={{ at: "seal" }} icon="device-mobile" text={t("seal.link")} />
      )}
      {visits.length > 0 && <ToClose />}
    </Frame>
  );
}

function Link({ to, icon, text }: { to: Route; icon: IconName; text: string }) {
  return (
    <a class="row row-plain" href={address(to)}>
      <Icon name={icon} />
      <span class="row-name">{text}</span>
      <Icon name="chevron-right" />
    </a>
  );
}

function grouped(visits: readonly Visit[], { of }: Standings) {
  const has = (...kinds: Standing["kind"][]): Visit[] =>
    visits.filter((visit) => kinds.includes(of.get(visit.id)?.kind ?? "waiting"));
  return {
    underWay: has("in_doubt", "under_way"),
    waiting: has("waiting"),
    later: has("failed"),
    finished: has("paid", "elsewhere").reverse(),
    released: has("released"),
    others: has("other_desk"),
  };
}

function Empty({ pulled }: { pulled: boolean }) {
  const state = useLive(() => syncState(), ["sync"]);
  if (!pulled) {
    return state === "waiting" || state === "locked_out" ? (
      <Notice tone="attention">{t("worklist.first_pull_failed")}</Notice>
    ) : (
      <p class="answer">{t("worklist.first_pull")}</p>
    );
  }
  return (
    <div class="stack">
      <h2>{t("worklist.empty.title")}</h2>
      <p class="answer">{t("worklist.empty.body")}</p>
      <Main onClick={pullNow}>
        <Icon name="refresh" />
        {t("worklist.empty.refresh")}
      </Main>
    </div>
  );
}

/** The answer to the officer's one question. */
function Next({
  visit,
  standing,
  zone,
}: {
  visit: Visit;
  standing: Standing | undefined;
  zone: string;
}) {
  const open = standing?.kind === "under_way" || standing?.kind === "in_doubt";
  return (
    <a class="next" href={address({ at: open ? "pay" : "visit", id: visit.id })}>
      <span class="eyebrow">{t(open ? "worklist.under_way" : "worklist.next")}</span>
      <span class="person">
        <Face name={visit.recipient.name} photo={visit.recipient.photo} />
        <span>
          <strong class="person-name">{visit.recipient.name}</strong>
          <span class="person-place">
            {visit.household.village} {visit.household.address}
          </span>
        </span>
      </span>
      <span class="next-amount">
        <strong>{formatRupiah(visit.total)}</strong>
        {visit.slot && (
          <span>
            {t("visit.slot", {
              from: clockTime(visit.slot.starts, zone),
              to: clockTime(visit.slot.ends, zone),
            })}
          </span>
        )}
      </span>
    </a>
  );
}

function Sums({ standings }: { standings: Standings }) {
  const kinds = [...standings.of.values()].map(({ kind }) => kind);
  const done = kinds.filter((kind) => kind === "paid" || kind === "elsewhere").length;
  const ours = kinds.filter((kind) => kind !== "other_desk" && kind !== "released").length;
  const { accepted, handed, taken, expected } = standings.cash;
  const parts = [t("worklist.answer", { done, all: ours })];
  if (handed) parts.push(t("worklist.handed", { amount: formatRupiah(handed) }));
  if (accepted || taken) parts.push(t("worklist.cash", { amount: formatRupiah(expected) }));
  return <p class="sums">{parts.join(" · ")}</p>;
}
