/** One family arrives: who goes first, what is missing, and then the number, as large as the glass. */

import { useEffect, useState } from "preact/hooks";
import { blockOf, nextNumber, numberLabel, PRIORITIES, PROBLEMS } from "../../domain/arrivals";
import type { ArrivalProblem, Priority } from "../../domain/events";
import type { Visit } from "../../domain/worklist";
import { forFamily, t } from "../../i18n";
import { readVisit } from "../../store/assignments";
import { readDesk } from "../desk";
import { checkIn } from "../desk-acts";
import { useLive } from "../live";
import { Frame } from "../parts/frame";
import { Main, Notice, PersonHead, Second } from "../parts/pieces";
import { replace } from "../route";
import { readQueue } from "./arrivals";

/** At this age one is called before others; the companion may still say otherwise. */
const OLD_YEARS = 60;

type Letter = "scanned" | "number" | "search" | "none";

/**
 * `of` is the visit, or `none` for a family that is on no list of this phone, and after a colon how
 * it was found: `<visit>:number`. Without that, its letter was scanned.
 */
export function ArriveScreen({ of }: { of: string }) {
  const [id = "", how = "scanned"] = of.split(":");
  const letter = how as Letter;
  const shown = useLive(
    async () => ({
      visit: (await readVisit(id)) ?? null,
      desk: await readDesk(),
      queue: await readQueue(),
    }),
    ["worklist", "language"],
    [id],
  );
  const [given, setGiven] = useState<number | null>(null);
  if (!shown) return null;
  const { visit, desk, queue } = shown;
  if (given !== null) return <NumberScreen number={given} visit={visit} />;
  const before = queue.arrivals.filter((one) => visit && one.visit === visit.id).at(-1);
  return (
    <ArriveForm
      visit={visit}
      before={before?.number ?? null}
      today={desk.session?.starts ?? null}
      onGive={async (priority, problems) => {
        const taken = queue.arrivals.map((one) => one.number);
        const number = nextNumber(blockOf(desk.lease, desk.peers, desk.self), taken);
        if (number === null) throw new Error("no numbers are left");
        await checkIn(visit, { number, letter: visit ? letter : "none", priority, problems });
        setGiven(number);
      }}
      onShow={setGiven}
    />
  );
}

function ArriveForm({
  visit,
  before,
  today,
  onGive,
  onShow,
}: {
  visit: Visit | null;
  before: number | null;
  today: string | null;
  onGive: (priority: Priority[], problems: ArrivalProblem[]) => Promise<void>;
  onShow: (number: number) => void;
}) {
  const age = new Date().getFullYear() - (visit?.recipient.birth_year ?? new Date().getFullYear());
  const [priority, setPriority] = useState<readonly Priority[]>(age >= OLD_YEARS ? ["old"] : []);
  const [problems, setProblems] = useState<readonly ArrivalProblem[]>(
    visit ? oddities(visit, today) : ["not_on_list"],
  );
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const give = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await onGive([...priority], [...problems]).catch(() => {
      setFailed(true);
      setBusy(false);
    });
  };
  const paid = problems.includes("already_paid");
  return (
    <Frame
      title={t("arrive.title")}
      back={{ at: "worklist" }}
      footer={
        <>
          {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
          {before === null ? (
            <Main onClick={() => void give()} busy={busy}>
              {t("arrive.give")}
            </Main>
          ) : (
            <>
              <Second onClick={() => void give()}>{t("arrive.give_new")}</Second>
              <Main onClick={() => onShow(before)}>
                {t("arrive.show_again", { number: numberLabel(before) })}
              </Main>
            </>
          )}
        </>
      }
    >
      <div class="stack">
        {visit ? <PersonHead visit={visit} /> : <h1>{t("check_in.unlisted")}</h1>}
        {!visit && <Notice tone="attention">{t("arrive.not_on_list")}</Notice>}
        {before !== null && <Notice>{t("arrive.before", { number: numberLabel(before) })}</Notice>}
        {paid && <Notice tone="attention">{t("arrive.already_paid")}</Notice>}
        <Checks
          legend={t("arrive.priority")}
          codes={PRIORITIES}
          chosen={priority}
          word={(code) => t(`priority.${code}`)}
          onChange={setPriority}
        />
        {visit && (
          <Checks
            legend={t("arrive.problems")}
            codes={PROBLEMS}
            chosen={problems}
            word={(code) => t(`problem.${code as (typeof PROBLEM_WORDS)[number]}`)}
            onChange={setProblems}
          />
        )}
      </div>
    </Frame>
  );
}

const PROBLEM_WORDS = [
  "no_id",
  "no_card",
  "name_differs",
  "proxy",
  "other_day",
  "other_place",
] as const;

/** What this phone can tell by itself. */
function oddities(visit: Visit, today: string | null): ArrivalProblem[] {
  const found: ArrivalProblem[] = [];
  if (visit.status === "paid") found.push("already_paid");
  const slot = visit.slot?.starts.slice(0, 10);
  if (slot && today && slot !== today.slice(0, 10)) found.push("other_day");
  return found;
}

function Checks<C extends string>({
  legend,
  codes,
  chosen,
  word,
  onChange,
}: {
  legend: string;
  codes: readonly C[];
  chosen: readonly C[];
  word: (code: C) => string;
  onChange: (chosen: readonly C[]) => void;
}) {
  return (
    <fieldset class="choices">
      <legend>{legend}</legend>
      {codes.map((code) => (
        <label key={code}>
          <input
            type="checkbox"
            checked={chosen.includes(code)}
            onChange={(event) =>
              onChange(
                event.currentTarget.checked
                  ? [...chosen, code]
                  : chosen.filter((one) => one !== code),
              )
            }
          />
          <span>{word(code)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** What the family is shown: the number, and what happens next, in Indonesian. */
function NumberScreen({ number, visit }: { number: number; visit: Visit | null }) {
  useEffect(() => scrollTo(0, 0), []);
  return (
    <div class="screen shown" lang="id">
      <main class="content" aria-label={forFamily("number.yours")}>
        {visit && <h1 class="shown-name">{visit.recipient.name}</h1>}
        <p class="shown-label">{forFamily("number.yours")}</p>
        <p class="shown-number" data-number={number}>
          {numberLabel(number)}
        </p>
        <p class="shown-whole">{forFamily("number.wait")}</p>
      </main>
      <footer class="bottom">
        <Main onClick={() => replace({ at: "worklist" })}>{forFamily("number.next")}</Main>
      </footer>
    </div>
  );
}
