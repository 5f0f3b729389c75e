/** Taking cash from another officer: their code is read, the notes are counted, a code is shown. */

import { useState } from "preact/hooks";
import { formatRupiah } from "../../domain/money";
import { offerIn, type Giving } from "../../domain/passing";
import type { ReadSlip } from "../../domain/slips";
import type { Peer } from "../../domain/worklist";
import { t } from "../../i18n";
import { readDesk } from "../desk";
import { useSlipText } from "../desks/ticket";
import { useLive } from "../live";
import { Figure, Words } from "../parts/amount";
import { Frame } from "../parts/frame";
import { NoteTicks, useTicked } from "../parts/note-counter";
import { Main, Notice, Second } from "../parts/pieces";
import { QrCode } from "../parts/qr";
import { SlipScanner } from "../parts/slip-scanner";
import { replace } from "../route";
import { takeCash, takenCash, takenCode } from "./acts";

interface Offer {
  readonly giving: Giving;
  readonly read: ReadSlip;
  readonly name: string;
}

export function TakeScreen() {
  const [offer, setOffer] = useState<Offer | null>(null);
  const [taken, setTaken] = useState<{ giving: Giving; name: string } | null>(null);
  const last = useLive(
    async () => ({ cash: (await takenCash())[0], peers: (await readDesk()).peers }),
    ["outbox", "worklist", "language"],
  );
  if (!last) return null;
  if (taken) return <Taken giving={taken.giving} name={taken.name} />;
  if (offer) {
    return <CountIn offer={offer} onTaken={() => setTaken(offer)} onBack={() => setOffer(null)} />;
  }
  const read = async (slip: ReadSlip, peer: Peer): Promise<string | void> => {
    const giving = offerIn(slip);
    if (!giving) return t("take.makes_no_sense");
    const known = (await takenCash()).some((one) => one.transfer === giving.transfer);
    if (known) setTaken({ giving, name: peer.name });
    else setOffer({ giving, read: slip, name: peer.name });
  };
  const { cash } = last;
  const name = last.peers.find((peer) => peer.device === cash?.peer)?.name ?? t("give.somebody");
  return (
    <Frame
      title={t("take.title")}
      back={{ at: "close" }}
      footer={
        cash && (
          <Second onClick={() => setTaken({ giving: cash, name })}>
            {t("take.again", { amount: formatRupiah(cash.total) })}
          </Second>
        )
      }
    >
      <div class="stack">
        <h1>{t("take.title")}</h1>
        <SlipScanner hint={t("take.hint")} kinds={["cash_give"]} onSlip={read} />
      </div>
    </Frame>
  );
}

function CountIn({
  offer,
  onTaken,
  onBack,
}: {
  offer: Offer;
  onTaken: () => void;
  onBack: () => void;
}) {
  const { giving, read, name } = offer;
  const { left, ticked, toggle } = useTicked(giving.notes);
  const [differs, setDiffers] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const take = async (): Promise<void> => {
    if (left || busy) return;
    setBusy(true);
    await takeCash(giving, read)
      .then(onTaken)
      .catch(() => setFailed(true));
    setBusy(false);
  };
  return (
    <Frame
      title={t("take.count.title", { name })}
      back={onBack}
      footer={
        differs ? (
          <Main onClick={onBack}>{t("take.read_new")}</Main>
        ) : (
          <>
            {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
            <Second onClick={() => setDiffers(true)}>{t("float.differs")}</Second>
            <Main onClick={() => void take()} busy={left > 0 || busy}>
              {left
                ? t("float.left", { n: left })
                : t("float.accept", { amount: formatRupiah(giving.total) })}
            </Main>
          </>
        )
      }
    >
      <div class="stack">
        <h1>{t("take.count.title", { name })}</h1>
        <Figure amount={giving.total} />
        <Words amount={giving.total} />
        {differs ? (
          <Notice tone="attention" title={t("float.differs")}>
            {t("take.differs.body", { name })}
          </Notice>
        ) : (
          <>
            <p class="answer">{t("take.count.answer")}</p>
            <NoteTicks notes={giving.notes} ticked={ticked} toggle={toggle} />
          </>
        )}
      </div>
    </Frame>
  );
}

function Taken({ giving, name }: { giving: Giving; name: string }) {
  const text = useSlipText(() => takenCode(giving));
  const amount = formatRupiah(giving.total);
  return (
    <Frame
      title={t("take.done.title")}
      back={{ at: "worklist" }}
      footer={<Main onClick={() => replace({ at: "worklist" })}>{t("receipt.to_list")}</Main>}
    >
      <div class="stack">
        <h1>{t("take.done.title")}</h1>
        <Figure amount={giving.total} />
        <p class="answer">{t("take.done.hint", { name })}</p>
        {text && <QrCode text={text} label={t("take.code", { amount, name })} />}
      </div>
    </Frame>
  );
}
