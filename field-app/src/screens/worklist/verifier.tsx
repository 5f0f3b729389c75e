/** The list of the verifier's desk: who is to be seen, without any amount. */

import { inOrder } from "../../domain/worklist";
import { day, t } from "../../i18n";
import { readWorklistHead } from "../../store/assignments";
import { readIdentity } from "../../store/identity";
import { useLive } from "../live";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { Main, Second } from "../parts/pieces";
import { go } from "../route";
import { readStandings, type Standing } from "../standing";
import { Group } from "./rows";

export function VerifiersList() {
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
  const has = (...kinds: Standing["kind"][]) =>
    visits.filter((visit) => kinds.includes(standings.of.get(visit.id)?.kind ?? "waiting"));
  const verified = has("verified", "paid");
  const shared = { standings, zone, amounts: false };
  return (
    <Frame
      title={t("verifier.title")}
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
      <h1>{t("verifier.title")}</h1>
      <p class="answer">{t("verifier.answer")}</p>
      <p class="sums">{t("verifier.sums", { done: verified.length, all: visits.length })}</p>
      <Group title={t("worklist.under_way")} visits={has("under_way", "in_doubt")} {...shared} />
      <Group title={t("worklist.waiting")} visits={has("waiting")} {...shared} />
      <Group title={t("worklist.later")} visits={has("failed")} {...shared} />
      <Group title={t("verifier.verified")} visits={verified.reverse()} {...shared} />
    </Frame>
  );
}
