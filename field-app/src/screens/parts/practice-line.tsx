/** On every screen of practice: that it is practice, how far, and the way out. */

import { t } from "../../i18n";
import { countPractised } from "../../store/practice";
import { savePractised, setPractice } from "../../store/preferences";
import { useLive } from "../live";

/** Opens the app anew, in or out of practice. */
export function reopen(practice: boolean): void {
  setPractice(practice);
  history.replaceState(null, "", "#/");
  location.reload();
}

export function PracticeLine() {
  const count = useLive(async () => {
    const done = await countPractised();
    savePractised(done);
    return done;
  }, ["outbox", "language"]);
  return (
    <div class="practice-line">
      <span>{t("practice.count", { n: count ?? 0 })}</span>
      <button type="button" class="link" onClick={() => reopen(false)}>
        {t("practice.end")}
      </button>
    </div>
  );
}
