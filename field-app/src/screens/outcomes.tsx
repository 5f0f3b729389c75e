/** What became of hand-overs that did not simply pay: said calmly, with the case's number. */

import { formatRupiah } from "../domain/money";
import type { Outcome } from "../domain/worklist";
import { dayAndTime, t } from "../i18n";
import { readWorklistHead } from "../store/assignments";
import { changed } from "../store/changes";
import { readSingle, writeSingle } from "../store/database";
import { readIdentity } from "../store/identity";
import { useLive } from "./live";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Main, Notice } from "./parts/pieces";
import { address, replace } from "./route";

const nameOf = (outcome: Outcome): string => `${outcome.event} ${outcome.code}`;

async function readOutcomes() {
  const [head, told] = await Promise.all([readWorklistHead(), readSingle("told")]);
  const outcomes = head?.outcomes ?? [];
  return { outcomes, fresh: outcomes.filter((one) => !told?.includes(nameOf(one))) };
}

/** Stands on the list until it has been read. */
export function OutcomesCall() {
  const shown = useLive(readOutcomes, ["worklist", "language"]);
  if (!shown?.fresh.length) return null;
  return (
    <a class="call" href={address({ at: "outcomes" })}>
      <Icon name="info-circle" />
      <span>
        <strong>{t("outcomes.call", { n: shown.fresh.length })}</strong>
        {t("outcomes.call.action")}
      </span>
      <Icon name="chevron-right" />
    </a>
  );
}

export function OutcomesScreen() {
  const shown = useLive(
    async () => ({ ...(await readOutcomes()), identity: await readIdentity() }),
    ["worklist", "language"],
  );
  if (!shown) return null;
  const { outcomes, identity } = shown;
  const zone = identity?.office.zone ?? "Asia/Jakarta";
  const understood = async (): Promise<void> => {
    await writeSingle("told", outcomes.map(nameOf));
    changed("worklist");
    replace({ at: "worklist" });
  };
  return (
    <Frame
      title={t("outcomes.title")}
      back={{ at: "worklist" }}
      footer={<Main onClick={() => void understood()}>{t("outcomes.understood")}</Main>}
    >
      <div class="stack">
        <h1>{t("outcomes.title")}</h1>
        {outcomes.length === 0 && <p class="answer">{t("outcomes.none")}</p>}
        {outcomes.map((one) => (
          <section key={nameOf(one)} class="told">
            <h2>{one.name}</h2>
            <p class="told-when">
              {formatRupiah(one.amount)} · {dayAndTime(one.at, zone)}
            </p>
            <p>
              <strong>{t(`outcomes.${one.code}`)}</strong>
            </p>
            <p>{t(`outcomes.${one.code}.body`, { case: one.case })}</p>
          </section>
        ))}
        {outcomes.length > 0 && <Notice tone="good">{t("outcomes.cash")}</Notice>}
      </div>
    </Frame>
  );
}
