/** Families as rows: the name, how far they are, and what they receive. */

import { formatRupiah } from "../../domain/money";
import type { Visit } from "../../domain/worklist";
import { clockTime, coded, t } from "../../i18n";
import { Icon } from "../parts/icons";
import { address, type Route } from "../route";
import { PROOF_WORD, type Standing, type Standings } from "../standing";

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
  if (visits.length === 0) return null;
  return (
    <section class="group">
      <h2>
        {title} <span class="count">{visits.length}</span>
      </h2>
      <ul class="rows">
        {visits.map((visit) => (
          <li key={visit.id}>
            <VisitRow visit={visit} standing={standings.of.get(visit.id)} {...{ zone, amounts }} />
          </li>
        ))}
      </ul>
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
