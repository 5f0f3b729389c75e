/** Giving a family to another desk: the desk is chosen, the release is kept, its code is shown. */

import { useState } from "preact/hooks";
import { otherDesks } from "../../domain/desks";
import { inDoubt } from "../../domain/sop";
import type { Peer, Visit } from "../../domain/worklist";
import { t } from "../../i18n";
import { readVisit } from "../../store/assignments";
import { readProgress } from "../../store/progress";
import { readDesk } from "../desk";
import { release, showSlip } from "../desk-acts";
import { useLive } from "../live";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { Main, Notice, PersonHead } from "../parts/pieces";
import { QrCode } from "../parts/qr";
import { replace } from "../route";
import { NoSuchVisit } from "../visit";
import { useSlipText } from "./ticket";

export const deskName = (peer: Peer | undefined): string =>
  peer
    ? [peer.desk !== null && t("desk.name", { n: peer.desk }), peer.name]
        .filter(Boolean)
        .join(" · ")
    : t("desk.other");

export function ReleaseScreen({ id }: { id: string }) {
  const shown = useLive(
    async () => ({
      visit: await readVisit(id),
      progress: await readProgress(id),
      desk: await readDesk(),
    }),
    ["worklist", "outbox", "progress", "language"],
    [id],
  );
  const [failed, setFailed] = useState(false);
  if (!shown) return null;
  const { visit, progress, desk } = shown;
  if (!visit || (progress && inDoubt(progress))) return <NoSuchVisit />;
  const to = desk.moves.released.get(id);
  if (to !== undefined) {
    return <ReleaseCode visit={visit} peer={desk.peers.find((one) => one.device === to)} to={to} />;
  }
  const peers = otherDesks(desk.peers, desk.self);
  return (
    <Frame title={t("release.title")} back={{ at: "visit", id }}>
      <div class="stack">
        <PersonHead visit={visit} />
        <h2>{t("release.title")}</h2>
        <p class="answer">{t("release.answer")}</p>
        {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
        {peers.length === 0 && <Notice>{t("release.nobody")}</Notice>}
        <ul class="rows">
          {peers.map((peer) => (
            <li key={peer.device}>
              <button
                type="button"
                class="row"
                onClick={() => void release(visit, peer.device).catch(() => setFailed(true))}
              >
                <span class="row-name">{deskName(peer)}</span>
                <Icon name="chevron-right" />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Frame>
  );
}

function ReleaseCode({ visit, peer, to }: { visit: Visit; peer: Peer | undefined; to: string }) {
  const text = useSlipText(() => showSlip("release", to || null, { visits: [visit.id] }));
  return (
    <Frame
      title={t("release.code.title")}
      back={{ at: "worklist" }}
      footer={
        <Main onClick={() => replace({ at: "scan" })}>
          <Icon name="qrcode" />
          {t("release.read_acceptance")}
        </Main>
      }
    >
      <PersonHead visit={visit} />
      <Notice tone="attention">{t("release.done", { desk: deskName(peer) })}</Notice>
      {text && <QrCode text={text} label={t("release.code", { name: visit.recipient.name })} />}
      <p class="answer">{t("release.hint", { desk: deskName(peer) })}</p>
    </Frame>
  );
}
