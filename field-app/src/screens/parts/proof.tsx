/** On this phone, at the server, complete: three different words, each shown reached or not yet. */

import { t } from "../../i18n";
import { PROOF_WORD, type Proof } from "../standing";
import { Icon } from "./icons";
import { Notice } from "./pieces";

const ORDER = ["saved", "received", "complete"] as const;

export function ProofState({ proof }: { proof: Proof }) {
  if (proof === "refused") {
    return (
      <Notice tone="attention" title={t("standing.refused")}>
        {t("receipt.review")}
      </Notice>
    );
  }
  const reached = ORDER.indexOf(proof);
  return (
    <ol class="proof-steps" aria-label={t("receipt.status")}>
      {ORDER.map((step, i) => (
        <li key={step} class={i <= reached ? "reached" : ""}>
          <Icon name={i <= reached ? "circle-check" : "circle-dashed"} />
          {t(PROOF_WORD[step])}
          {i > reached && <span class="unseen"> ({t("receipt.not_yet")})</span>}
        </li>
      ))}
    </ol>
  );
}
