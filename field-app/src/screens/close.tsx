/** The end of a session: the cash is counted first, and only then compared. */

import { useState } from "preact/hooks";
import { DENOMINATIONS, formatRupiah, totalOf, type Notes } from "../domain/money";
import { t } from "../i18n";
import { readWorklistHead } from "../store/assignments";
import { allEvents, countOutbox } from "../store/outbox";
import { countCash } from "./acts";
import { useLive } from "./live";
import { Figure } from "./parts/amount";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Facts, Main, Notice, Second } from "./parts/pieces";
import { go } from "./route";
import { cashOf, openFloats } from "./cash-in-hand";

type Counts = Readonly<Record<number, number>>;

const MOST_NOTES = 99_999;

export function CloseScreen() {
  const [counts, setCounts] = useState<Counts>({});
  const [saved, setSaved] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const notes: Notes = DENOMINATIONS.map((value) => [value, counts[value] ?? 0] as const).filter(
    ([, count]) => count > 0,
  );
  const total = totalOf(notes);
  const change = (value: number, count: number): void =>
    setCounts({ ...counts, [value]: Math.min(MOST_NOTES, Math.max(0, count || 0)) });

  const save = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await countCash(notes, total)
      .then(() => setSaved(total))
      .catch(() => setFailed(true));
    setBusy(false);
  };

  if (saved !== null) return <Compared counted={saved} onAgain={() => setSaved(null)} />;
  return (
    <Frame
      title={t("close.title")}
      back={{ at: "worklist" }}
      footer={
        <>
          {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
          <Main onClick={() => void save()} busy={busy}>
            {t("close.save", { amount: formatRupiah(total) })}
          </Main>
        </>
      }
    >
      <div class="stack">
        <h1>{t("close.title")}</h1>
        <p class="answer">{t("close.answer")}</p>
        <ul class="counts">
          {DENOMINATIONS.map((value) => (
            <li key={value}>
              <label for={`notes-${value}`}>{formatRupiah(value)}</label>
              <button
                type="button"
                class="step-button"
                onClick={() => change(value, (counts[value] ?? 0) - 1)}
                aria-label={t("close.fewer", { value: formatRupiah(value) })}
              >
                <Icon name="minus" />
              </button>
              <input
                id={`notes-${value}`}
                class="input input-count"
                inputMode="numeric"
                value={counts[value] ?? ""}
                placeholder="0"
                aria-label={t("close.count", { value: formatRupiah(value) })}
                onInput={(event) =>
                  change(value, Number(event.currentTarget.value.replace(/\D/g, "")))
                }
              />
              <button
                type="button"
                class="step-button"
                onClick={() => change(value, (counts[value] ?? 0) + 1)}
                aria-label={t("close.more", { value: formatRupiah(value) })}
              >
                <Icon name="plus" />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Frame>
  );
}

function Compared({ counted, onAgain }: { counted: number; onAgain: () => void }) {
  const shown = useLive(
    async () => ({
      cash: cashOf(await allEvents(), openFloats(await readWorklistHead())),
      outbox: await countOutbox(),
    }),
    ["outbox", "worklist", "language"],
  );
  if (!shown) return null;
  const { accepted, handed, families } = shown.cash;
  const difference = counted - (accepted - handed);
  const unsent = shown.outbox.events + shown.outbox.photos;
  return (
    <Frame
      title={t("close.saved")}
      back={{ at: "worklist" }}
      footer={
        <>
          <Second onClick={onAgain}>{t("close.recount")}</Second>
          <Main onClick={() => go({ at: "worklist" })}>{t("receipt.to_list")}</Main>
        </>
      }
    >
      <div class="stack">
        <h1>{t("close.saved")}</h1>
        <Figure amount={counted} />
        {accepted === 0 ? null : difference === 0 ? (
          <Notice tone="good">{t("close.equal")}</Notice>
        ) : (
          <Notice tone="attention">
            {t(difference < 0 ? "close.short" : "close.over", {
              amount: formatRupiah(Math.abs(difference)),
            })}
          </Notice>
        )}
        {accepted > 0 && (
          <Facts
            rows={[
              [t("close.accepted"), formatRupiah(accepted)],
              [t("close.handed", { n: families }), formatRupiah(handed)],
              [t("close.expected"), formatRupiah(accepted - handed)],
              [t("close.total"), formatRupiah(counted)],
            ]}
          />
        )}
        {unsent > 0 && <Notice tone="attention">{t("close.unsent", { n: unsent })}</Notice>}
      </div>
    </Frame>
  );
}
