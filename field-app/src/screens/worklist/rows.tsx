/** Families as rows: the name, how far they are, and what they receive. */

import { useState } from "preact/hooks";
import { formatRupiah } from "../../domain/money";
import type { Visit } from "../../domain/worklist";
import { clockTime, coded, t } from "../../i18n";
import { Icon } from "../parts/icons";
import { Second } from "../parts/pieces";
import { address, type Route } from "../route";
import { PROOF_WORD, type Standing, type Standings } from "../standing";

/** A counter has a thousand families: drawn all at once they cost a cheap phone seconds. */
const ROWS_AT_ONCE = 15;
const MORE_ROWS = 100;

export function Group({
  title,
  visits,
  standings,
  zone,
  amounts = true,
}: {
  title: string;
  visits: readonly Visit[];
  standings: Standings;
  zone: string;
  amounts?: boolean;
}) {
  const [drawn, setDrawn] = useState(ROWS_AT_ONCE);
  if (visits.length === 0) return null;
  const left = visits.length - drawn;
  return (
    <section class="group">
      <h2>
        {title} <span class="count">{visits.length}</span>
      </h2>
      <ul class="rows">
        {visits.slice(0, drawn).map((visit) => (
          <li key={visit.id}>
            <VisitRow visit={visit} standing={standings.of.get(visit.id)} {...{ zone, amounts }} />
          </li>
        ))}
      </ul>
      {left > 0 && (
        <Second onClick={() => setDrawn(drawn + MORE_ROWS)}>
          {t("worklist.more", { n: Math.min(left, MORE_ROWS) })}
        </Second>
      )}
    </section>
  );
}

export function VisitRow({
  visit,
  standing,
  zone,
  amounts = true,
  to = { at: "visit", id: visit.id },
}: {
  visit: Visit;
  standing: Standing | undefined;
  zone: string;
  /** Shown only where cash is handled. */
  amounts?: boolean;
  to?: Route;
}) {
  return (
    <a class="row" href={address(to)}>
      <span class="row-name">
        {visit.recipient.name}
        <span class="row-detail">{detail(visit, standing, zone)}</span>
      </span>
      {amounts && <span class="row-amount">{formatRupiah(visit.total)}</span>}
    </a>
  );
}

function detail(visit: Visit, standing: Standing | undefined, zone: string) {
  switch (standing?.kind) {
    case "paid":
      return (
        <span class={`proof proof-${standing.proof}`}>
          <Icon name={standing.proof === "complete" ? "circle-check" : "check"} size={18} />
          {t(PROOF_WORD[standing.proof])}
        </span>
      );
    case "failed":
      return t("standing.failed", {
        reason: coded("reason", standing.code, "cancel.reason.other"),
      });
    case "verified":
      return (
        <span class={`proof proof-${standing.proof}`}>
          <Icon name="check" size={18} />
          {t("standing.verified")}
        </span>
      );
    case "released":
      return t("standing.released");
    case "other_desk":
      return t("standing.other_desk", { n: standing.desk });
    case "elsewhere":
      return t("standing.elsewhere");
    case "in_doubt":
      return t("standing.in_doubt");
    case "under_way":
      return t("standing.under_way");
    default: {
      const slot = visit.slot ? `${clockTime(visit.slot.starts, zone)} · ` : "";
      return `${slot}${visit.household.village} ${visit.household.address}`;
    }
  }
}
