/** What the family is shown: nothing but the amount, as large as the glass, in Indonesian. */

import { useEffect } from "preact/hooks";
import { forFamily } from "../../i18n";
import type { Visit } from "../../domain/worklist";
import { Breakdown, Figure, Words } from "../parts/amount";
import { Main } from "../parts/pieces";

export function ShowRecipient({ visit, onClose }: { visit: Visit; onClose: () => void }) {
  useEffect(() => scrollTo(0, 0), []);
  return (
    <div class="screen shown" lang="id">
      <main class="content" aria-label={forFamily("show.amount")}>
        <p class="shown-label">{forFamily("show.for")}</p>
        <h1 class="shown-name">{visit.recipient.name}</h1>
        <p class="shown-label">{forFamily("show.amount")}</p>
        <Figure amount={visit.total} />
        <Words amount={visit.total} />
        <Breakdown visit={visit} />
        <p class="shown-whole">{forFamily("show.whole")}</p>
      </main>
      <footer class="bottom">
        <Main onClick={onClose}>{forFamily("app.close")}</Main>
      </footer>
    </div>
  );
}
