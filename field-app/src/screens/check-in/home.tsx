/** The entrance: who is called next, how many wait, and one button for the next letter. */

import { numberLabel, paceOf } from "../../domain/arrivals";
import { clockTime, day, t } from "../../i18n";
import { readWorklistHead, readVisits } from "../../store/assignments";
import { readIdentity } from "../../store/identity";
import { useLive } from "../live";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { Main, Second } from "../parts/pieces";
import { go } from "../route";
import { call, readQueue } from "./arrivals";

export function CheckInHome() {
  const shown = useLive(
    async () => ({
      head: await readWorklistHead(),
      identity: await readIdentity(),
      visits: await readVisits(),
      queue: await readQueue(),
    }),
    ["worklist", "outbox", "language"],
  );
  if (!shown?.identity) return null;
  const { head, identity, visits, queue } = shown;
  const zone = identity.office.zone;
  const [next, ...rest] = queue.waiting;
  const names = new Map(visits.map((visit) => [visit.id, visit.recipient.name]));
  const pace = paceOf(Object.values(queue.called), queue.waiting.length, Date.now());
  return (
    <Frame
      title={t("check_in.title")}
      lead={`${day(Date.now(), zone)} · ${head?.session?.name ?? identity.office.name}`}
      footer={
        <>
          <Second onClick={() => go({ at: "search" })}>{t("check_in.type")}</Second>
          <Main onClick={() => go({ at: "scan" })}>
            <Icon name="qrcode" />
            {t("check_in.scan")}
          </Main>
        </>
      }
    >
      <h1 class="unseen">{t("check_in.title")}</h1>
      {next ? (
        <section class="next">
          <span class="eyebrow">{t("check_in.next")}</span>
          <p class="queue-number">{numberLabel(next.number)}</p>
          <p class="person-name">{names.get(next.visit ?? "") ?? t("check_in.unlisted")}</p>
          {next.priority.length > 0 && <Marks codes={next.priority} />}
          <button type="button" class="second" onClick={() => void call(next.number, Date.now())}>
            {t("check_in.called")}
          </button>
        </section>
      ) : (
        <p class="answer">
          {t(queue.arrivals.length ? "check_in.all_called" : "check_in.nobody_yet")}
        </p>
      )}
      <ul class="tiles">
        <Tile figure={String(queue.waiting.length)} name={t("queue.waiting")} />
        <Tile figure={String(Object.keys(queue.called).length)} name={t("queue.called")} />
        <Tile figure={pace.perHour === null ? "–" : String(pace.perHour)} name={t("queue.pace")} />
        <Tile
          figure={pace.clearAt === null ? "–" : clockTime(pace.clearAt, zone)}
          name={t("queue.clear")}
        />
      </ul>
      <p class="hint">{t("queue.scope")}</p>
      {rest.length > 0 && (
        <section class="group">
          <h2>
            {t("check_in.waiting")} <span class="count">{rest.length}</span>
          </h2>
          <ol class="rows">
            {rest.map((one) => (
              <li key={one.event} class="row">
                <span class="row-number">{numberLabel(one.number)}</span>
                <span class="row-name">
                  {names.get(one.visit ?? "") ?? t("check_in.unlisted")}
                  {one.priority.length > 0 && <Marks codes={one.priority} />}
                </span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </Frame>
  );
}

function Marks({
  codes,
}: {
  codes: readonly ("old" | "pregnant" | "disabled" | "ill" | "infant")[];
}) {
  return (
    <span class="row-detail">
      {t("check_in.first")}: {codes.map((code) => t(`priority.${code}`)).join(", ")}
    </span>
  );
}

export function Tile({ figure, name }: { figure: string; name: string }) {
  return (
    <li class="tile">
      <strong>{figure}</strong>
      <span>{name}</span>
    </li>
  );
}
