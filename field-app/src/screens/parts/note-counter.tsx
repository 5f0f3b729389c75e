/** Notes counted kind by kind, and notes that were counted. */

import { useState } from "preact/hooks";
import { DENOMINATIONS, formatRupiah, totalOf, type Notes } from "../../domain/money";
import { t } from "../../i18n";
import { Icon } from "./icons";

type Counts = Readonly<Record<number, number>>;

const MOST_NOTES = 99_999;

export interface Counted {
  readonly counts: Counts;
  readonly notes: Notes;
  readonly total: number;
  readonly change: (value: number, count: number) => void;
}

export function useCounted(): Counted {
  const [counts, setCounts] = useState<Counts>({});
  const notes: Notes = DENOMINATIONS.map((value) => [value, counts[value] ?? 0] as const).filter(
    ([, count]) => count > 0,
  );
  return {
    counts,
    notes,
    total: totalOf(notes),
    change: (value, count) =>
      setCounts({ ...counts, [value]: Math.min(MOST_NOTES, Math.max(0, count || 0)) }),
  };
}

export function NoteCounter({ counts, change }: Pick<Counted, "counts" | "change">) {
  return (
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
            autocomplete="off"
            class="input input-count"
            inputMode="numeric"
            value={counts[value] ?? ""}
            placeholder="0"
            aria-label={t("close.count", { value: formatRupiah(value) })}
            onInput={(event) => change(value, Number(event.currentTarget.value.replace(/\D/g, "")))}
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
  );
}

/** Each kind is ticked when its count is right; `left` says how many are still to be counted. */
export function useTicked(notes: Notes) {
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  const toggle = (value: number): void => {
    const next = new Set(ticked);
    if (!next.delete(value)) next.add(value);
    setTicked(next);
  };
  return { left: notes.filter(([value]) => !ticked.has(value)).length, ticked, toggle };
}

export function NoteTicks({
  notes,
  ticked,
  toggle,
}: { notes: Notes } & Pick<ReturnType<typeof useTicked>, "ticked" | "toggle">) {
  return (
    <ul class="checks">
      {notes.map(([value, count]) => (
        <li key={value}>
          <label>
            <input
              type="checkbox"
              checked={ticked.has(value)}
              onChange={() => toggle(value)}
              aria-label={t("float.counted", { count, value: formatRupiah(value) })}
            />
            <span>
              <strong>{formatRupiah(value)}</strong> × {t("float.row", { count })}
            </span>
            <span class="row-amount">{formatRupiah(value * count)}</span>
          </label>
        </li>
      ))}
    </ul>
  );
}

/** Notes as a list to read, not to tick. */
export function NoteList({ notes }: { notes: Notes }) {
  return (
    <ul class="lines">
      {notes.map(([value, count]) => (
        <li key={value}>
          <span>
            {formatRupiah(value)} × {t("float.row", { count })}
          </span>
          <strong>{formatRupiah(value * count)}</strong>
        </li>
      ))}
    </ul>
  );
}
