/** A family that another desk expects stands here: who pays them, and what has to happen first. */

import type { Progress } from "../../domain/sop";
import type { Visit } from "../../domain/worklist";
import { t } from "../../i18n";
import { forgetProgress } from "../../store/progress";
import type { Desk } from "../desk";
import { keepStub } from "../desk-acts";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { Main, Notice, PersonHead } from "../parts/pieces";
import { address, go, replace } from "../route";
import { deskName } from "./release";

/** Without progress the family was only looked up; with a genuine letter its stub may be kept. */
export function OtherDesk({
  visit,
  desk,
  progress,
  at,
}: {
  visit: Visit;
  desk: Desk;
  progress: Progress | undefined;
  /** The desk that expects them; null where this desk gave them away itself. */
  at: number | null;
}) {
  const peer = desk.peers.find((one) => one.role === "desk" && one.desk === at);
  const name = at === null ? t("desk.other") : peer ? deskName(peer) : t("desk.name", { n: at });
  const genuine = progress?.letterTrust === "genuine" && progress.letterClaims !== null;
  const back = async (): Promise<void> => {
    await forgetProgress(visit.id);
    replace({ at: "worklist" });
  };
  return (
    <Frame
      title={t("other_desk.title", { desk: name })}
      back={() => void back()}
      footer={
        <Main onClick={() => go({ at: "scan" })}>
          <Icon name="qrcode" />
          {t("other_desk.read_release")}
        </Main>
      }
    >
      <PersonHead visit={visit} />
      <div class="stack">
        <h2>{t("other_desk.title", { desk: name })}</h2>
        <p class="answer">{t("other_desk.answer", { desk: name })}</p>
        {genuine && progress && (
          <Notice tone="attention" title={t("stub.title")}>
            <p>{t("stub.body", { desk: name })}</p>
            <button type="button" class="second" onClick={() => void keepStub(progress)}>
              {t("stub.keep")}
            </button>
          </Notice>
        )}
        {!genuine && <p class="hint">{t("stub.needs_letter")}</p>}
        {at !== null && (
          <a class="row row-plain" href={address({ at: "seal" })}>
            <span class="row-name">
              {t("seal.link")}
              <span class="row-detail">{t("seal.link.hint")}</span>
            </span>
            <Icon name="chevron-right" />
          </a>
        )}
      </div>
    </Frame>
  );
}
