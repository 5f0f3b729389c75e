/** Money, unmistakable: the figure, the words, what it is made of, and which notes make it. */

import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { formatNumber, formatRupiah, notesFor, spellRupiah } from "../../domain/money";
import type { Payment, Visit } from "../../domain/worklist";

/** The one figure that matters, as large as the screen allows without breaking it. */
export function Figure({ amount }: { amount: number }) {
  const shown = formatRupiah(amount);
  const figure = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    figure.current?.style.setProperty("--characters", String(shown.length));
  }, [shown]);
  return (
    <p ref={figure} class="figure">
      {shown}
    </p>
  );
}

export function Words({ amount }: { amount: number }) {
  return (
    <p class="words" lang="id">
      {spellRupiah(amount)}
    </p>
  );
}

/** One row for each benefit: a program's components where it names several, else the program. */
export function Breakdown({ visit }: { visit: Visit }) {
  return (
    <ul class="lines">
      {visit.payments.map((payment) => (
        <li key={payment.id}>
          <span>
            {payment.program_name}
            <Details payment={payment} />
          </span>
          <strong>{formatNumber(payment.amount)}</strong>
        </li>
      ))}
    </ul>
  );
}

function Details({ payment }: { payment: Payment }) {
  const months = Array.isArray(payment.months) ? payment.months.length : payment.months;
  const names = payment.components.map((component) => component.name).join(", ");
  const text = [
    names && names !== payment.program_name ? names : "",
    typeof months === "number" && months > 1 ? t("cash.months", { months }) : "",
  ].filter(Boolean);
  return text.length ? <span class="line-detail">{text.join(" · ")}</span> : null;
}

export function Tally({ amount }: { amount: number }) {
  const { notes, rest } = notesFor(amount);
  return (
    <div class="tally">
      <span>{t("cash.notes")}</span>
      <ul>
        {notes.map(([value, count]) => (
          <li key={value}>
            <span aria-hidden="true">
              {count} × {value / 1000}
            </span>
            <span class="unseen">{t("cash.note", { count, value: formatRupiah(value) })}</span>
          </li>
        ))}
        {rest > 0 && <li>{t("cash.coins", { amount: formatNumber(rest) })}</li>}
      </ul>
    </div>
  );
}
