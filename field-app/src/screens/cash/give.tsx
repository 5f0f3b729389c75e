/** Giving cash to another officer: to whom, how much, and the code that the other reads. */

import { useState } from "preact/hooks";
import { formatRupiah } from "../../domain/money";
import { proofTrouble, type Giving } from "../../domain/passing";
import type { Peer } from "../../domain/worklist";
import { t } from "../../i18n";
import { readIdentity } from "../../store/identity";
import { openGiving, readBag } from "../cash-in-hand";
import { readDesk } from "../desk";
import { useSlipText } from "../desks/ticket";
import { useLive } from "../live";
import { Figure } from "../parts/amount";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { NoteCounter, NoteList, useCounted } from "../parts/note-counter";
import { Main, Notice, Second } from "../parts/pieces";
import { QrCode } from "../parts/qr";
import { SlipScanner } from "../parts/slip-scanner";
import { replace } from "../route";
import { cancelGiving, endGiving, givingCode, mayBeGiven, startGiving } from "./acts";

const nameOf = (peers: readonly Peer[], device: string): string =>
  peers.find((peer) => peer.device === device)?.name ?? t("give.somebody");

export function GiveScreen() {
  const shown = useLive(
    async () => ({
      giving: await openGiving(),
      desk: await readDesk(),
      identity: await readIdentity(),
      bag: await readBag(),
    }),
    ["worklist", "outbox", "progress", "language"],
  );
  const [peer, setPeer] = useState<Peer | null>(null);
  const [done, setDone] = useState<Giving | null>(null);
  if (!shown) return null;
  const { giving, desk, identity, bag } = shown;
  if (done) return <Given giving={done} name={nameOf(desk.peers, done.peer)} />;
  if (giving) {
    const name = nameOf(desk.peers, giving.peer);
    return <ShowCode key={giving.transfer} giving={giving} name={name} onDone={setDone} />;
  }
  if (peer) return <CountOut peer={peer} expected={bag.expected} onBack={() => setPeer(null)} />;
  const peers = mayBeGiven(desk.peers, desk.self, identity?.officer.id ?? "");
  return (
    <Frame title={t("give.title")} back={{ at: "close" }}>
      <div class="stack">
        <h1>{t("give.title")}</h1>
        <p class="answer">{t("give.answer")}</p>
        {peers.length === 0 && <Notice>{t("give.nobody")}</Notice>}
        <ul class="rows">
          {peers.map((one) => (
            <li key={one.device}>
              <button type="button" class="row" onClick={() => setPeer(one)}>
                <Icon name="user" />
                <span class="row-name">{one.name}</span>
                <Icon name="chevron-right" />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Frame>
  );
}

function CountOut({
  peer,
  expected,
  onBack,
}: {
  peer: Peer;
  expected: number;
  onBack: () => void;
}) {
  const counted = useCounted();
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  const show = async (): Promise<void> => {
    if (busy || counted.total === 0) return;
    setBusy(true);
    await startGiving(peer, counted.notes).catch(() => setFailed(true));
    setBusy(false);
  };
  return (
    <Frame
      title={t("give.count.title")}
      back={onBack}
      footer={
        <>
          {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
          <Main onClick={() => void show()} busy={busy || counted.total === 0}>
            {counted.total === 0
              ? t("give.count.first")
              : t("give.show", { amount: formatRupiah(counted.total) })}
          </Main>
        </>
      }
    >
      <div class="stack">
        <h1>{t("give.count.title")}</h1>
        <p class="answer">{t("give.count.answer", { name: peer.name })}</p>
        {counted.total > expected && (
          <Notice tone="attention">
            {t("give.more_than_bag", { amount: formatRupiah(Math.max(0, expected)) })}
          </Notice>
        )}
        <NoteCounter {...counted} />
      </div>
    </Frame>
  );
}

function ShowCode({
  giving,
  name,
  onDone,
}: {
  giving: Giving;
  name: string;
  onDone: (giving: Giving) => void;
}) {
  const [at, setAt] = useState<"code" | "scan" | "unread" | "back">("code");
  const [failed, setFailed] = useState(false);
  const text = useSlipText(() => givingCode(giving));
  const end = (proof: Parameters<typeof endGiving>[1]): Promise<void> =>
    endGiving(giving, proof)
      .then(() => onDone(giving))
      .catch(() => setFailed(true));
  const undo = (): void =>
    void cancelGiving()
      .then(() => replace({ at: "close" }))
      .catch(() => setFailed(true));
  const amount = formatRupiah(giving.total);

  if (at === "scan") {
    return (
      <Frame
        title={t("give.read.title")}
        back={() => setAt("code")}
        footer={<Second onClick={() => setAt("unread")}>{t("give.unread")}</Second>}
      >
        <div class="stack">
          <h1>{t("give.read.title")}</h1>
          {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
          <SlipScanner
            hint={t("give.read.hint", { name })}
            kinds={["cash_take"]}
            onSlip={(read) => {
              const trouble = proofTrouble(read, giving);
              if (trouble) return t(`give.trouble.${trouble}`, { name, amount });
              return end(read.signed);
            }}
          />
        </div>
      </Frame>
    );
  }
  if (at === "unread" || at === "back") {
    return (
      <Frame
        title={t(`give.${at}.title`)}
        back={() => setAt("code")}
        footer={
          <>
            {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
            <Second onClick={() => setAt("code")}>{t("app.back")}</Second>
            <Main onClick={at === "back" ? undo : () => void end(null)}>
              {t(`give.${at}.yes`, { amount })}
            </Main>
          </>
        }
      >
        <div class="stack">
          <h1>{t(`give.${at}.title`)}</h1>
          <Figure amount={giving.total} />
          <p class="answer">{t(`give.${at}.body`, { name })}</p>
        </div>
      </Frame>
    );
  }
  return (
    <Frame
      title={t("give.code.title", { name })}
      back={{ at: "worklist" }}
      footer={
        <>
          <Second onClick={() => setAt("back")}>{t("give.back")}</Second>
          <Main onClick={() => setAt("scan")}>
            <Icon name="qrcode" />
            {t("give.read")}
          </Main>
        </>
      }
    >
      <div class="stack">
        <h1>{t("give.code.title", { name })}</h1>
        <Figure amount={giving.total} />
        {text && <QrCode text={text} label={t("give.code", { amount, name })} />}
        <p class="answer">{t("give.code.hint", { name })}</p>
        <NoteList notes={giving.notes} />
      </div>
    </Frame>
  );
}

function Given({ giving, name }: { giving: Giving; name: string }) {
  return (
    <Frame
      title={t("give.done.title")}
      footer={<Main onClick={() => replace({ at: "worklist" })}>{t("receipt.to_list")}</Main>}
    >
      <div class="stack">
        <h1>{t("give.done.title")}</h1>
        <Figure amount={giving.total} />
        <Notice tone="good">{t("give.done.body", { name })}</Notice>
      </div>
    </Frame>
  );
}
