/** Practice: the whole walk with invented families, before the first real one and at any time after. */

import { t } from "../i18n";
import { isPractice, readPractised } from "../store/preferences";
import { Frame } from "./parts/frame";
import { reopen } from "./parts/practice-line";
import { Main, Notice } from "./parts/pieces";
import { readWorklistHead } from "../store/assignments";

export const beginPractice = (): void => reopen(true);

/** Marks the whole window, so that nobody takes invented money for real. */
export function markPractice(): void {
  document.documentElement.dataset["practice"] = t("practice.mark");
}

/** How many practised hand-overs this phone still lacks; the number is the office's. */
export async function practiceLeft(): Promise<number> {
  if (isPractice()) return 0;
  const wanted = Number((await readWorklistHead())?.settings["practice_payouts"] ?? 0);
  return Math.max(0, wanted - readPractised());
}

/** Before the first real list. */
export function PracticeFirst({ left }: { left: number }) {
  return (
    <Frame
      title={t("practice.first.title")}
      lead={t("app.name")}
      footer={<Main onClick={beginPractice}>{t("practice.begin")}</Main>}
    >
      <div class="stack">
        <h1>{t("practice.first.title")}</h1>
        <p class="answer">{t("practice.first.body", { n: left })}</p>
        <Notice>{t("practice.first.safe")}</Notice>
      </div>
    </Frame>
  );
}
