/** The queue at a desk that pays: how many wait, how fast it goes, and whether the cash will do. */

import { paceOf, reachOf } from "../domain/arrivals";
import { formatRupiah } from "../domain/money";
import { inOrder } from "../domain/worklist";
import { clockTime, t } from "../i18n";
import { readIdentity } from "../store/identity";
import { Tile } from "./check-in/home";
import { useLive } from "./live";
import { Frame } from "./parts/frame";
import { Facts, Notice } from "./parts/pieces";
import { readStandings } from "./standing";

export function QueueScreen() {
  const shown = useLive(
    async () => ({ standings: await readStandings(), identity: await readIdentity() }),
    ["worklist", "outbox", "progress", "language"],
  );
  if (!shown) return null;
  const { standings, identity } = shown;
  const zone = identity?.office.zone ?? "Asia/Jakarta";
  const kindOf = (id: string): string | undefined => standings.of.get(id)?.kind;
  const open = inOrder(standings.visits).filter((visit) =>
    ["waiting", "under_way", "in_doubt"].includes(kindOf(visit.id) ?? ""),
  );
  const served = [...standings.of.values()].flatMap((one) =>
    one.kind === "paid" ? [one.event.stored_at] : [],
  );
  const now = Date.now();
  const pace = paceOf(served, open.length, now);
  const bag = standings.cash.expected;
  const reach = reachOf(
    bag,
    open.map((visit) => visit.total),
  );
  const emptyAt =
    pace.perHour && reach.missing ? now + (reach.families / pace.perHour) * 3_600_000 : null;
  return (
    <Frame title={t("queue.title")} back={{ at: "worklist" }}>
      <div class="stack">
        <h1>{t("queue.title")}</h1>
        <ul class="tiles">
          <Tile figure={String(open.length)} name={t("queue.waiting")} />
          <Tile figure={String(served.length)} name={t("queue.served")} />
          <Tile
            figure={pace.perHour === null ? "–" : String(pace.perHour)}
            name={t("queue.pace")}
          />
          <Tile
            figure={pace.clearAt === null ? "–" : clockTime(pace.clearAt, zone)}
            name={t("queue.clear")}
          />
        </ul>
        {standings.cash.accepted + standings.cash.taken > 0 && (
          <>
            <h2>{t("queue.cash")}</h2>
            {reach.missing === 0 ? (
              <Notice tone="good">{t("queue.cash.enough")}</Notice>
            ) : (
              <Notice
                tone="attention"
                title={t("queue.cash.short", { amount: formatRupiah(reach.missing) })}
              >
                {emptyAt === null
                  ? t("queue.cash.reaches", { n: reach.families })
                  : t("queue.cash.reaches_until", {
                      n: reach.families,
                      time: clockTime(emptyAt, zone),
                    })}
              </Notice>
            )}
            <Facts
              rows={[
                [t("queue.cash.bag"), formatRupiah(bag)],
                [t("queue.cash.needed", { n: open.length }), formatRupiah(reach.needed)],
              ]}
            />
          </>
        )}
        <p class="hint">{t("queue.scope")}</p>
      </div>
    </Frame>
  );
}
