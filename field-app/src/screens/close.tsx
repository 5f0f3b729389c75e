/** The end of a session: what was done, what should be in the bag, what is counted there. */

import { useState } from "preact/hooks";
import type { Bag } from "../domain/bag";
import { formatNumber, formatRupiah, type Notes } from "../domain/money";
import { coded, t } from "../i18n";
import { readWorklistHead } from "../store/assignments";
import { allEvents, countOutbox } from "../store/outbox";
import { countCash } from "./acts";
import { cashOf, openFloats, openGiving } from "./cash-in-hand";
import { useLive } from "./live";
import { Figure } from "./parts/amount";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { NoteCounter, NoteList, useCounted } from "./parts/note-counter";
import { Facts, Main, Notice, Second } from "./parts/pieces";
import { address, go, type Route } from "./route";
import { readStandings } from "./standing";

interface Session {
  readonly bag: Bag;
  /** Families that could not be paid, by reason. */
  readonly failed: readonly (readonly [code: string, families: number])[];
  readonly inDoubt: readonly string[];
  readonly unsent: number;
  readonly giving: boolean;
}

async function readSession(): Promise<Session> {
  const [events, head, outbox, { of }] = await Promise.all([
    allEvents(),
    readWorklistHead(),
    countOutbox(),
    readStandings(),
  ]);
  const reasons = new Map<string, number>();
  const inDoubt: string[] = [];
  for (const [visit, standing] of of) {
    if (standing.kind === "failed")
      reasons.set(standing.code, (reasons.get(standing.code) ?? 0) + 1);
    if (standing.kind === "in_doubt") inDoubt.push(visit);
  }
  return {
    bag: cashOf(events, openFloats(head, events)),
    failed: [...reasons].sort(([, a], [, b]) => b - a),
    inDoubt,
    unsent: outbox.events + outbox.photos,
    giving: (await openGiving()) !== null,
  };
}

type Stage = { at: "summary" | "count" } | { at: "compared"; notes: Notes; counted: number };

export function CloseScreen() {
  const [stage, setStage] = useState<Stage>({ at: "summary" });
  const session = useLive(readSession, ["outbox", "worklist", "progress", "language"]);
  if (!session) return null;
  switch (stage.at) {
    case "summary":
      return <Summary session={session} onCount={() => setStage({ at: "count" })} />;
    case "count":
      return (
        <Count
          onBack={() => setStage({ at: "summary" })}
          onSaved={(notes, counted) => setStage({ at: "compared", notes, counted })}
        />
      );
    case "compared":
      return <Compared session={session} {...stage} onAgain={() => setStage({ at: "count" })} />;
  }
}

function Summary({ session, onCount }: { session: Session; onCount: () => void }) {
  const { bag, failed, inDoubt, unsent, giving } = session;
  return (
    <Frame
      title={t("close.title")}
      back={{ at: "worklist" }}
      footer={<Main onClick={onCount}>{t("close.start")}</Main>}
    >
      <div class="stack">
        <h1>{t("close.title")}</h1>
        <div>
          <p class="eyebrow">{t("close.expected_in_bag")}</p>
          <Figure amount={bag.expected} />
        </div>
        {inDoubt.map((visit) => (
          <Call key={visit} to={{ at: "doubt", id: visit }} text={t("close.in_doubt")} />
        ))}
        {giving && <Call to={{ at: "give" }} text={t("close.giving")} />}
        <Facts rows={movements(bag)} />
        {bag.expected > 0 && (
          <section class="group">
            <h2>{t("close.about_notes")}</h2>
            {bag.notes ? <NoteList notes={bag.notes} /> : <p class="hint">{t("close.no_notes")}</p>}
          </section>
        )}
        {failed.length > 0 && (
          <section class="group">
            <h2>{t("close.failed")}</h2>
            <ul class="lines">
              {failed.map(([code, families]) => (
                <li key={code}>
                  <span>{coded("reason", code, "cancel.reason.other")}</span>
                  <strong>{formatNumber(families)}</strong>
                </li>
              ))}
            </ul>
          </section>
        )}
        {unsent > 0 && <Notice tone="attention">{t("close.unsent", { n: unsent })}</Notice>}
        <nav aria-label={t("close.between")}>
          <Row to={{ at: "give" }} text={t("close.give")} />
          <Row to={{ at: "take" }} text={t("close.take")} />
        </nav>
      </div>
    </Frame>
  );
}

/** What came into the bag and what left it, leaving out what did not happen. */
function movements(bag: Bag): [string, string][] {
  const rows: [string, number, boolean][] = [
    [t("close.accepted"), bag.accepted, true],
    [t("close.taken"), bag.taken, bag.taken > 0],
    [t("close.handed", { n: bag.families }), bag.handed, true],
    [t("close.given"), bag.given, bag.given > 0],
    [t("close.returned"), bag.returned, bag.returned > 0],
  ];
  return rows.filter(([, , shown]) => shown).map(([word, sum]) => [word, formatRupiah(sum)]);
}

function Call({ to, text }: { to: Route; text: string }) {
  return (
    <a class="call" href={address(to)}>
      <Icon name="alert-triangle" />
      <span>
        <strong>{text}</strong>
      </span>
      <Icon name="chevron-right" />
    </a>
  );
}

function Row({ to, text }: { to: Route; text: string }) {
  return (
    <a class="row" href={address(to)}>
      <Icon name="cash" />
      <span class="row-name">{text}</span>
      <Icon name="chevron-right" />
    </a>
  );
}

function Count({
  onBack,
  onSaved,
}: {
  onBack: () => void;
  onSaved: (notes: Notes, total: number) => void;
}) {
  const counted = useCounted();
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const save = async (): Promise<void> => {
    if (busy) return;
    setBusy(true);
    await countCash(counted.notes, counted.total)
      .then(() => onSaved(counted.notes, counted.total))
      .catch(() => setFailed(true));
    setBusy(false);
  };
  return (
    <Frame
      title={t("close.count.title")}
      back={onBack}
      footer={
        <>
          {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
          <Main onClick={() => void save()} busy={busy}>
            {t("close.save", { amount: formatRupiah(counted.total) })}
          </Main>
        </>
      }
    >
      <div class="stack">
        <h1>{t("close.count.title")}</h1>
        <p class="answer">{t("close.answer")}</p>
        <NoteCounter {...counted} />
      </div>
    </Frame>
  );
}

function Compared({
  session,
  notes,
  counted,
  onAgain,
}: {
  session: Session;
  notes: Notes;
  counted: number;
  onAgain: () => void;
}) {
  const { bag, unsent } = session;
  const difference = counted - bag.expected;
  const known = bag.accepted > 0 || bag.taken > 0;
  return (
    <Frame
      title={t("close.saved")}
      back={{ at: "worklist" }}
      footer={
        <>
          <Second onClick={onAgain}>{t("close.recount")}</Second>
          <Main onClick={() => go({ at: "worklist" })}>{t("receipt.to_list")}</Main>
        </>
      }
    >
      <div class="stack">
        <h1>{t("close.saved")}</h1>
        <Figure amount={counted} />
        {known &&
          (difference === 0 ? (
            <Notice tone="good">{t("close.equal")}</Notice>
          ) : (
            <Notice tone="attention">
              {t(difference < 0 ? "close.short" : "close.over", {
                amount: formatRupiah(Math.abs(difference)),
              })}
            </Notice>
          ))}
        {known && (
          <Facts
            rows={[
              ...movements(bag),
              [t("close.expected"), formatRupiah(bag.expected)],
              [t("close.total"), formatRupiah(counted)],
            ]}
          />
        )}
        {unsent > 0 && <Notice tone="attention">{t("close.unsent", { n: unsent })}</Notice>}
        {counted > 0 && <HandBack notes={notes} />}
      </div>
    </Frame>
  );
}

/** What goes back over the counter, as it was counted: the cashier counts it again and closes. */
function HandBack({ notes }: { notes: Notes }) {
  return (
    <section class="group">
      <h2>{t("close.hand_back")}</h2>
      <p class="answer">{t("close.hand_back.hint")}</p>
      <NoteList notes={notes} />
    </section>
  );
}
