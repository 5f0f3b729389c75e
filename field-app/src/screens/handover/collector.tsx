/** Who collects: one of the family's list, why not the recipient, and whether the card is theirs. */

import { useState } from "preact/hooks";
import {
  canCheckNik,
  CIRCUMSTANCES,
  isTheirNik,
  isWholeNik,
  mayCollect,
  nikDigits,
  othersOf,
  PROXY_STREAK_SHOWN,
  ruleFor,
  type Circumstance,
} from "../../domain/collectors";
import { withCollector, withMissing, type Collecting, type Progress } from "../../domain/sop";
import type { Collector, Visit } from "../../domain/worklist";
import { coded, day, t, type Key } from "../../i18n";
import { readWorklistHead } from "../../store/assignments";
import { dropEvidence } from "../../store/evidence";
import { useLive } from "../live";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { MissingReasonScreen } from "../parts/missing";
import { Field, Main, Notice, Second } from "../parts/pieces";
import { go } from "../route";

interface Props {
  readonly visit: Visit;
  readonly progress: Progress;
  readonly onChosen: (next: Progress) => Promise<void>;
  readonly onBack: () => void;
}

type Stage =
  | { at: "who" }
  | { at: "why"; collector: Collector }
  | { at: "number"; collector: Collector; collecting: Collecting }
  | { at: "unchecked"; collector: Collector; collecting: Collecting };

const NIK_ASK = {
  step: "documents",
  anyOf: ["nik"],
  reasons: ["no_document", "document_damaged", "other"],
} as const;

export function ChooseCollector({ visit, progress, onChosen, onBack }: Props) {
  const [stage, setStage] = useState<Stage>({ at: "who" });
  const worklist = useLive(readWorklistHead, ["worklist"]);
  if (worklist === undefined) return null;
  const key = worklist?.lease?.collector_key;

  const settle = async (collecting: Collecting): Promise<void> => {
    await dropEvidence(progress.authority);
    for (const face of progress.faces) await dropEvidence(face.evidence);
    await onChosen(withCollector(progress, collecting));
  };
  const because = (collector: Collector, why: Circumstance): void => {
    const rule = ruleFor(why, worklist);
    if (!rule) return;
    const { person_id, name } = collector;
    const relation = collector.relation || "other";
    const collecting = { person_id, name, relation, authority: rule.authority };
    if (canCheckNik(collector, key)) return setStage({ at: "number", collector, collecting });
    void settle({ ...collecting, nik_checked: "not_checked" });
  };

  switch (stage.at) {
    case "who":
      return (
        <Who
          {...{ visit, progress, onBack }}
          onSelf={() => {
            const { person_id, name } = visit.recipient;
            void settle({ person_id, name, relation: "self" });
          }}
          onOther={(collector) => setStage({ at: "why", collector })}
        />
      );
    case "why":
      return (
        <Why
          visit={visit}
          collector={stage.collector}
          allows={(why) => {
            const rule = ruleFor(why, worklist);
            return rule !== null && mayCollect(stage.collector, rule);
          }}
          onBack={() => setStage({ at: "who" })}
          onWhy={(why) => because(stage.collector, why)}
        />
      );
    case "number":
      return (
        <CheckNumber
          {...stage}
          keyHex={key ?? ""}
          onBack={() => setStage({ at: "why", collector: stage.collector })}
          onChecked={() => void settle({ ...stage.collecting, nik_checked: "typed" })}
          onCannot={() => setStage({ ...stage, at: "unchecked" })}
        />
      );
    case "unchecked":
      return (
        <MissingReasonScreen
          ask={NIK_ASK}
          what={t("nik.what")}
          onBack={() => setStage({ ...stage, at: "number" })}
          onMissing={async (entry) => {
            await dropEvidence(progress.authority);
            const collecting = { ...stage.collecting, nik_checked: "not_checked" } as const;
            await onChosen(withMissing(withCollector(progress, collecting), entry));
          }}
        />
      );
  }
}

function Who({
  visit,
  progress,
  onBack,
  onSelf,
  onOther,
}: Omit<Props, "onChosen"> & {
  onSelf: () => void;
  onOther: (collector: Collector) => void;
}) {
  const others = othersOf(visit);
  const streak = visit.proxy_streak ?? 0;
  return (
    <Frame title={t("collector.title")} back={onBack}>
      <div class="stack">
        <h1>{t("collector.title")}</h1>
        <p class="answer">{t("collector.answer")}</p>
        {streak >= PROXY_STREAK_SHOWN && (
          <Notice tone="attention" title={t("collector.streak", { n: streak })}>
            {t("collector.streak.body")}
          </Notice>
        )}
        {visit.last_seen_alive && (
          <p class="hint">
            {t("collector.last_seen", {
              name: visit.recipient.name,
              day: day(visit.last_seen_alive, "Asia/Jakarta"),
            })}
          </p>
        )}
        {others.length === 0 && <p class="hint">{t("collector.none")}</p>}
        <ul class="rows">
          <PersonRow
            name={visit.recipient.name}
            detail={[
              t("collector.self"),
              visit.recipient.birth_year && t("visit.born", { year: visit.recipient.birth_year }),
            ]}
            chosen={progress.collector.relation === "self"}
            onChoose={onSelf}
          />
          {others.map((one) => (
            <PersonRow
              key={one.person_id}
              name={one.name}
              detail={[
                coded("relation", one.relation, "relation.other"),
                one.birth_year && t("visit.born", { year: one.birth_year }),
              ]}
              chosen={one.person_id === progress.collector.person_id}
              onChoose={() => onOther(one)}
            />
          ))}
        </ul>
      </div>
    </Frame>
  );
}

function PersonRow({
  name,
  detail,
  chosen,
  onChoose,
}: {
  name: string;
  detail: readonly (string | number | null | false)[];
  chosen: boolean;
  onChoose: () => void;
}) {
  return (
    <li>
      <button
        type="button"
        class="row"
        aria-label={t("collector.choose", { name })}
        aria-pressed={chosen}
        onClick={onChoose}
      >
        <span class="row-name">
          {name}
          <span class="row-detail">{detail.filter(Boolean).join(" · ")}</span>
        </span>
        <Icon name={chosen ? "circle-check" : "chevron-right"} />
      </button>
    </li>
  );
}

function Why({
  visit,
  collector,
  allows,
  onBack,
  onWhy,
}: {
  visit: Visit;
  collector: Collector;
  allows: (why: Circumstance) => boolean;
  onBack: () => void;
  onWhy: (why: Circumstance) => void;
}) {
  const [refused, setRefused] = useState<Circumstance | null>(null);
  const title = t("proxy.why.title", { name: visit.recipient.name });
  const later = (): void => go({ at: "failed", id: visit.id });
  return (
    <Frame
      title={title}
      back={onBack}
      footer={refused && <Main onClick={later}>{t("proxy.later")}</Main>}
    >
      <div class="stack">
        <h1>{title}</h1>
        {refused ? (
          <Notice tone="attention">
            {t(refused === "away" ? "proxy.away.no" : "proxy.not_allowed", {
              name: collector.name,
            })}
          </Notice>
        ) : (
          <p class="answer">{t("proxy.why.answer")}</p>
        )}
        <ul class="rows">
          {CIRCUMSTANCES.map((why) => (
            <li key={why}>
              <button
                type="button"
                class="row"
                aria-pressed={refused === why}
                onClick={() => (allows(why) ? onWhy(why) : setRefused(why))}
              >
                <span class="row-name">
                  {t(`proxy.why.${why}`)}
                  <span class="row-detail">{t(`proxy.why.${why}.hint`)}</span>
                </span>
                <Icon name="chevron-right" />
              </button>
            </li>
          ))}
        </ul>
      </div>
    </Frame>
  );
}

/** The number is typed, compared and forgotten; the phone never keeps it. */
function CheckNumber({
  collector,
  keyHex,
  onBack,
  onChecked,
  onCannot,
}: {
  collector: Collector;
  keyHex: string;
  onBack: () => void;
  onChecked: () => void;
  onCannot: () => void;
}) {
  const [digits, setDigits] = useState("");
  const [error, setError] = useState<Key | null>(null);
  const check = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (!isWholeNik(digits)) return setError("nik.error.short");
    if (await isTheirNik(digits, collector, keyHex)) return onChecked();
    setError("nik.error.other");
  };
  const title = t("nik.title", { name: collector.name });
  return (
    <Frame
      title={title}
      back={onBack}
      footer={
        <>
          <Second onClick={onCannot}>{t("nik.cannot")}</Second>
          <Main type="submit" form="nik">
            {t("nik.check")}
          </Main>
        </>
      }
    >
      <form id="nik" class="stack" onSubmit={(event) => void check(event)} noValidate>
        <h1>{title}</h1>
        <p class="answer">{t("nik.answer")}</p>
        <Field
          label={t("nik.label")}
          hint={t("nik.hint", { n: digits.length })}
          error={error && t(error)}
        >
          {(ids) => (
            <input
              {...ids}
              class="input input-code"
              inputMode="numeric"
              autocomplete="off"
              value={digits.replace(/(\d{4})(?=\d)/g, "$1 ")}
              onInput={(event) => {
                setDigits(nikDigits(event.currentTarget.value));
                setError(null);
              }}
            />
          )}
        </Field>
      </form>
    </Frame>
  );
}
