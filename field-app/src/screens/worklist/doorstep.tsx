/** The list of a round from door to door: the next house, where it stands, and those after it. */

import { positionNow } from "../../device/location";
import { formatRupiah } from "../../domain/money";
import { directionTo, inRound, metresBetween, sayMetres } from "../../domain/round";
import type { Place, Visit } from "../../domain/worklist";
import { day, t } from "../../i18n";
import { readWorklistHead } from "../../store/assignments";
import { readIdentity } from "../../store/identity";
import { useLive } from "../live";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { Face, Main, Notice, Second } from "../parts/pieces";
import { RoundSketch, type House } from "../parts/sketch";
import { address, go } from "../route";
import { readStandings, type Standings } from "../standing";
import { Calls, ToClose } from "./calls";
import { Group } from "./rows";

export function DoorstepList() {
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
  const here = positionNow();
  const visits = inRound(standings.visits);
  const { open, later, finished } = byStanding(visits, standings);
  const [next, ...rest] = open;
  return (
    <Frame
      title={t("round.title")}
      lead={`${day(Date.now(), zone)} · ${head?.session?.name ?? identity.office.name}`}
      footer={
        <>
          <Second onClick={() => go({ at: "search" })}>{t("worklist.search")}</Second>
          <Main onClick={() => go({ at: "scan" })}>
            <Icon name="qrcode" />
            {t("worklist.scan")}
          </Main>
        </>
      }
    >
      <h1 class="unseen">{t("round.title")}</h1>
      <Calls />
      {next ? (
        <NextHouse visit={next} here={here} />
      ) : (
        <Notice tone="good" title={t("worklist.done.title")}>
          {t("worklist.done.body")}
        </Notice>
      )}
      <RoundSketch houses={located(visits, next, finished)} here={here} />
      <p class="sums">
        {t("round.answer", { done: finished.length, all: visits.length })}
        {rest.length > 0 && ` · ${t("round.left", { n: rest.length + 1 })}`}
      </p>
      {hamlets(rest).map(([name, houses]) => (
        <Group key={name} title={name} visits={houses} {...{ standings, zone }} />
      ))}
      <Group title={t("worklist.later")} visits={later} {...{ standings, zone }} />
      <Group title={t("worklist.finished")} visits={finished} {...{ standings, zone }} />
      <ToClose />
    </Frame>
  );
}

function byStanding(visits: readonly Visit[], { of }: Standings) {
  const kind = (visit: Visit): string => of.get(visit.id)?.kind ?? "waiting";
  const begun = visits.filter((v) => kind(v) === "in_doubt" || kind(v) === "under_way");
  return {
    open: [...begun, ...visits.filter((v) => kind(v) === "waiting")],
    later: visits.filter((v) => kind(v) === "failed"),
    finished: visits.filter((v) => kind(v) === "paid" || kind(v) === "elsewhere"),
  };
}

function located(
  visits: readonly Visit[],
  next: Visit | undefined,
  finished: readonly Visit[],
): House[] {
  const done = new Set(finished.map(({ id }) => id));
  return visits.flatMap((visit) =>
    visit.house
      ? [
          {
            id: visit.id,
            place: visit.house,
            state: done.has(visit.id) ? "done" : visit.id === next?.id ? "next" : "waiting",
          } satisfies House,
        ]
      : [],
  );
}

/** Houses of one village in the order of the round; a village that is come back to comes again. */
function hamlets(visits: readonly Visit[]): [string, Visit[]][] {
  const found: [string, Visit[]][] = [];
  for (const visit of visits) {
    const last = found.at(-1);
    if (last?.[0] === visit.household.village) last[1].push(visit);
    else found.push([visit.household.village, [visit]]);
  }
  return found;
}

function NextHouse({ visit, here }: { visit: Visit; here: Place | null }) {
  const attempts = visit.attempts ?? 0;
  return (
    <a class="next" href={address({ at: "visit", id: visit.id })}>
      <span class="eyebrow">{t("round.next")}</span>
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
        <span>{visit.house ? way(here, visit.house) : t("round.no_place")}</span>
      </span>
      {attempts > 0 && <span class="person-place">{t("round.again", { n: attempts + 1 })}</span>}
    </a>
  );
}

function way(here: Place | null, house: Place): string {
  if (!here) return t("round.located");
  const { value, unit } = sayMetres(metresBetween(here, house));
  return t("round.way", {
    metres: `${value} ${unit}`,
    to: t(`compass.${directionTo(here, house)}`),
  });
}
