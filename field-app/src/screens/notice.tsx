/** Nobody was at home: what to write on the card that is left at the door. */

import { t } from "../i18n";
import { readVisit } from "../store/assignments";
import { readIdentity } from "../store/identity";
import { eventsOf } from "../store/outbox";
import { useLive } from "./live";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Facts, Main } from "./parts/pieces";
import { replace } from "./route";
import { NoSuchVisit } from "./visit";

export function NoticeScreen({ id }: { id: string }) {
  const shown = useLive(
    async () => ({
      visit: await readVisit(id),
      identity: await readIdentity(),
      here: (await eventsOf(id)).filter(({ kind, open }) => kind === "attempt_failed" && open)
        .length,
    }),
    ["worklist", "outbox", "language"],
    [id],
  );
  if (!shown) return null;
  const { visit, identity, here } = shown;
  if (!visit) return <NoSuchVisit />;
  const times = (visit.attempts ?? 0) + Math.max(1, here);
  return (
    <Frame
      title={t("notice.title")}
      lead={visit.number}
      footer={<Main onClick={() => replace({ at: "worklist" })}>{t("notice.left")}</Main>}
    >
      <div class="stack">
        <h1>{t("notice.title")}</h1>
        <p class="answer">{t("notice.answer")}</p>
        <section class="card-to-leave" aria-label={t("notice.card")}>
          <p class="card-line">
            <Icon name="writing" /> {t("notice.card.visited")}
          </p>
          <Facts
            rows={[
              [t("visit.number"), visit.number],
              [t("notice.office"), identity?.office.name ?? ""],
              [t("notice.officer"), identity?.officer.name ?? ""],
            ]}
          />
          <p>{t("notice.card.rights")}</p>
        </section>
        <p class="hint">{t("notice.times", { n: times })}</p>
      </div>
    </Frame>
  );
}
