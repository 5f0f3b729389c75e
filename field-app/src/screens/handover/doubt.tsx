/** Asked at restart: a hand-over was begun and not ended. Where is the cash? */

import { formatRupiah } from "../../domain/money";
import { clockTime, t } from "../../i18n";
import { readVisit } from "../../store/assignments";
import { readIdentity } from "../../store/identity";
import { eventsOf } from "../../store/outbox";
import { readProgress, saveProgress } from "../../store/progress";
import { cancelHandOver } from "../acts";
import { useLive } from "../live";
import { Figure } from "../parts/amount";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { replace } from "../route";
import { NoSuchVisit } from "../visit";

export function Doubt({ id }: { id: string }) {
  const shown = useLive(
    async () => ({
      visit: await readVisit(id),
      progress: await readProgress(id),
      events: await eventsOf(id),
      zone: (await readIdentity())?.office.zone ?? "Asia/Jakarta",
    }),
    ["progress", "language"],
    [id],
  );
  if (!shown) return null;
  const { visit, progress, events, zone } = shown;
  if (!visit || !progress) return <NoSuchVisit />;
  const begun = events.find((event) => event.event_id === progress.begun);

  const given = async (): Promise<void> => {
    await saveProgress({ ...progress, counted: true });
    replace({ at: "pay", id });
  };
  const kept = async (): Promise<void> => {
    await cancelHandOver(visit, progress, "interrupted");
    replace({ at: "visit", id });
  };

  return (
    <Frame title={t("doubt.title")}>
      <div class="stack">
        <h1>{t("doubt.title")}</h1>
        <p class="answer">
          {t("doubt.body", {
            amount: formatRupiah(visit.total),
            name: visit.recipient.name,
            time: clockTime(begun?.stored_at ?? progress.startedAt, zone),
          })}
        </p>
        <Figure amount={visit.total} />
        <ul class="rows">
          <li>
            <button type="button" class="row" onClick={() => void given()}>
              <span class="row-name">
                {t("doubt.given")}
                <span class="row-detail">{t("doubt.given.hint")}</span>
              </span>
              <Icon name="chevron-right" />
            </button>
          </li>
          <li>
            <button type="button" class="row" onClick={() => void kept()}>
              <span class="row-name">
                {t("doubt.kept")}
                <span class="row-detail">{t("doubt.kept.hint")}</span>
              </span>
              <Icon name="chevron-right" />
            </button>
          </li>
        </ul>
      </div>
    </Frame>
  );
}
