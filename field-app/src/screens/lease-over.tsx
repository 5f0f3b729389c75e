/** The lease has ended and its grace too: what was leased is not shown any more. */

import { useEffect, useReducer } from "preact/hooks";
import { trustedNow } from "../device/clock";
import { t } from "../i18n";
import { readWorklistHead } from "../store/assignments";
import { pullNow } from "../sync/engine";
import { expireLease, leaseState } from "../sync/expiry";
import { useLive } from "./live";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Main, Notice } from "./parts/pieces";
import { address } from "./route";

const LOOK_EVERY_MS = 60_000;

/** Looked at each minute, by time that can be trusted; undefined until the first look. */
export function useLeaseOver(): boolean | undefined {
  const [looks, look] = useReducer((count: number, _action: void) => count + 1, 0);
  useEffect(() => {
    const timer = setInterval(look, LOOK_EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => void expireLease().catch(() => false), [looks]);
  return useLive(
    async () => leaseState(await readWorklistHead()) === "over",
    ["worklist"],
    [looks],
  );
}

export function LeaseOver() {
  return (
    <Frame
      title={t("lease.over.title")}
      lead={t("app.name")}
      footer={<Main onClick={pullNow}>{t("worklist.empty.refresh")}</Main>}
    >
      <div class="stack">
        <h1>{t("lease.over.title")}</h1>
        <p class="answer">{t("lease.over.body")}</p>
        {trustedNow().flagged && <Notice tone="attention">{t("lease.over.clock")}</Notice>}
        <a class="row row-plain" href={address({ at: "close" })}>
          <Icon name="cash" />
          <span class="row-name">{t("worklist.close")}</span>
          <Icon name="chevron-right" />
        </a>
      </div>
    </Frame>
  );
}
