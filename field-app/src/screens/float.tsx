/** Taking over a cash advance: counted kind by kind in front of the cashier, then accepted. */

import { useState } from "preact/hooks";
import { formatRupiah, totalOf } from "../domain/money";
import { t } from "../i18n";
import { acceptFloat } from "./acts";
import { waitingFloats } from "./cash-in-hand";
import { useLive } from "./live";
import { Figure, Words } from "./parts/amount";
import { Frame } from "./parts/frame";
import { NoteTicks, useTicked } from "./parts/note-counter";
import { Main, Notice } from "./parts/pieces";
import { replace } from "./route";

export function FloatScreen({ id }: { id: string }) {
  const float = useLive(
    async () => (await waitingFloats()).find((one) => one.id === id) ?? null,
    ["worklist", "language"],
    [id],
  );
  const { left, ticked, toggle } = useTicked(float?.notes ?? []);
  const [differs, setDiffers] = useState(false);
  const [busy, setBusy] = useState(false);
  if (float === undefined) return null;
  if (float === null) {
    return (
      <Frame title={t("float.title")} back={{ at: "worklist" }}>
        <Notice>{t("float.missing")}</Notice>
      </Frame>
    );
  }
  const wrongSum = float.notes.length > 0 && totalOf(float.notes) !== float.amount;
  const accept = async (): Promise<void> => {
    if (left || busy || wrongSum) return;
    setBusy(true);
    await acceptFloat(float.id, float.notes, float.amount)
      .then(() => replace({ at: "worklist" }))
      .catch(() => setBusy(false));
  };

  return (
    <Frame
      title={t("float.title")}
      back={{ at: "worklist" }}
      footer={
        differs || wrongSum ? (
          <Main onClick={() => replace({ at: "worklist" })}>{t("receipt.to_list")}</Main>
        ) : (
          <>
            <button type="button" class="second" onClick={() => setDiffers(true)}>
              {t("float.differs")}
            </button>
            <Main onClick={() => void accept()} busy={left > 0 || busy}>
              {left
                ? t("float.left", { n: left })
                : t("float.accept", { amount: formatRupiah(float.amount) })}
            </Main>
          </>
        )
      }
    >
      <div class="stack">
        <h1>{t("float.title")}</h1>
        <Figure amount={float.amount} />
        <Words amount={float.amount} />
        {differs || wrongSum ? (
          <Notice tone="attention" title={t("float.differs")}>
            {t("float.differs.body")}
          </Notice>
        ) : (
          <>
            <p class="answer">{t("float.answer")}</p>
            <NoteTicks notes={float.notes} ticked={ticked} toggle={toggle} />
          </>
        )}
      </div>
    </Frame>
  );
}
