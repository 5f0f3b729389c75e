/** A family taken over from another desk: the acceptance is kept, its code is shown to that desk. */

import { t } from "../../i18n";
import { readVisit } from "../../store/assignments";
import { allEvents, bodyOf } from "../../store/outbox";
import { readDesk } from "../desk";
import { showSlip } from "../desk-acts";
import { useLive } from "../live";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { Main, PersonHead } from "../parts/pieces";
import { QrCode } from "../parts/qr";
import { replace } from "../route";
import { NoSuchVisit } from "../visit";
import { deskName } from "./release";
import { useSlipText } from "./ticket";

/** From whom this phone accepted the visit last; "" when it never did. */
async function giverOf(visit: string): Promise<string> {
  const accepts = (await allEvents())
    .filter((event) => event.kind === "lease_accept")
    .map((event) => bodyOf<"lease_accept">(event));
  const last = accepts.findLast((body) => body.how === "slip" && body.visits.includes(visit));
  return last?.how === "slip" ? last.from : "";
}

export function AcceptedScreen({ id }: { id: string }) {
  const shown = useLive(
    async () => ({ visit: await readVisit(id), giver: await giverOf(id), desk: await readDesk() }),
    ["worklist", "language"],
    [id],
  );
  const text = useSlipText(async () =>
    showSlip("accept", (await giverOf(id)) || null, { visits: [id] }),
  );
  if (!shown) return null;
  const { visit, giver, desk } = shown;
  if (!visit || !giver) return <NoSuchVisit />;
  const name = deskName(desk.peers.find((peer) => peer.device === giver));
  return (
    <Frame
      title={t("accepted.title")}
      back={{ at: "worklist" }}
      footer={<Main onClick={() => replace({ at: "visit", id })}>{t("accepted.go_on")}</Main>}
    >
      <PersonHead visit={visit} />
      <p class="safe" role="status">
        <Icon name="circle-check" />
        {t("accepted.saved")}
      </p>
      {text && <QrCode text={text} label={t("accepted.code", { name: visit.recipient.name })} />}
      <p class="answer">{t("accepted.hint", { desk: name })}</p>
    </Frame>
  );
}
