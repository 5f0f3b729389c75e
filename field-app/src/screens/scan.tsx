/** Scanning a letter or another desk's code: it goes straight on; anything else is explained. */

import { useState } from "preact/hooks";
import { handlesCash, roleOf } from "../domain/desks";
import { differences, openLetter, trustOfLetter, type OpenedLetter } from "../domain/letter";
import { readSlip, type ReadSlip, type SlipBodies } from "../domain/slips";
import { t } from "../i18n";
import { keepFound, readVisit, readWorklistHead } from "../store/assignments";
import { eventsOf } from "../store/outbox";
import { readProgress, saveProgress } from "../store/progress";
import { findOnline } from "../sync/pull";
import { prepareHandOver } from "./acts";
import { readDesk } from "./desk";
import { accept, believe, takeTicket } from "./desk-acts";
import { deskName } from "./desks/release";
import { CodeReader } from "./parts/code-reader";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Main, Notice, Second } from "./parts/pieces";
import { go, replace, type Route } from "./route";

interface Outcome {
  readonly tone: "good" | "attention" | "danger";
  readonly title: string;
  readonly body: string;
}

const odd = (why: "not_ours" | "forged" | "elsewhere" | "needs_ticket"): Outcome => ({
  tone: why === "forged" ? "danger" : "attention",
  title: t(`scan.${why}.title`),
  body: t(`scan.${why}.body`),
});

export function ScanScreen() {
  const [outcome, setOutcome] = useState<Outcome | null>(null);
  return (
    <Frame
      title={t("scan.title")}
      back={{ at: "worklist" }}
      footer={
        outcome ? (
          <>
            <Second onClick={() => go({ at: "search" })}>{t("scan.type")}</Second>
            <Main onClick={() => setOutcome(null)}>{t("scan.again")}</Main>
          </>
        ) : (
          <Main onClick={() => go({ at: "search" })}>
            <Icon name="search" />
            {t("scan.type")}
          </Main>
        )
      }
    >
      <div class="stack">
        <h1>{t("scan.title")}</h1>
        {outcome ? (
          <Notice tone={outcome.tone} title={outcome.title}>
            {outcome.body}
          </Notice>
        ) : (
          <CodeReader
            hint={t("scan.hint")}
            missing={t("scan.scanner_missing")}
            onText={(text) => void take(text).then(setOutcome)}
          />
        )}
      </div>
    </Frame>
  );
}

/** Goes to the family of a letter or to what another desk's code asks for, or says why not. */
async function take(text: string): Promise<Outcome | null> {
  const slip = readSlip(text);
  if (slip) return takeSlip(slip);
  const letter = openLetter(text);
  if (!letter) return odd("not_ours");
  const head = await readWorklistHead();
  const trust = await trustOfLetter(letter, head?.letterKeys ?? {});
  if (trust === "forged") return odd("forged");
  const role = roleOf(head?.lease);
  const visit = (await readVisit(letter.claims.visit)) ?? (await lookUp(letter));
  if (role === "check_in") return arrived(visit?.id ?? "none");
  if (!visit) {
    if (trust !== "genuine" || !head?.lease?.unleased || role !== "all") return odd("elsewhere");
    return onward({ at: "walk-in", id: text });
  }
  const events = await eventsOf(visit.id);
  if (events.some((event) => event.kind === "handed_over")) {
    return onward({ at: "visit", id: visit.id });
  }
  const open = await readProgress(visit.id);
  if (!open?.begun) {
    const fits = trust === "genuine" && differences(letter.claims, visit).length === 0;
    const ticket = role === "payer" ? open?.by?.slip : undefined;
    if (role === "payer" && !ticket) return odd("needs_ticket");
    const fresh = await prepareHandOver(visit, "scanned", trust);
    const base = ticket && open ? { ...open, letterTrust: trust } : fresh;
    const letterAccepted = base.letterAccepted || fits;
    await saveProgress({ ...base, letterAccepted, letterClaims: letter.claims });
  }
  return onward({ at: "pay", id: visit.id });
}

function onward(route: Route): null {
  navigator.vibrate?.(60);
  replace(route);
  return null;
}

const arrived = (visit: string): null => onward({ at: "arrive", id: visit });

/** What another desk's phone shows: a ticket to pay on, a family given over, or its acceptance. */
async function takeSlip(read: ReadSlip): Promise<Outcome | null> {
  const peer = await believe(read);
  if (typeof peer === "string") return slipOutcome(peer);
  const { slip, body } = read.slip;
  if (slip === "verified") {
    const taken = await takeTicket(read);
    if (typeof taken !== "string") return onward({ at: "pay", id: taken.visit });
    const title = t("slip.not_taken");
    return { tone: "attention", title, body: t(`ticket.trouble.${taken}`) };
  }
  const [visit = ""] = (body as SlipBodies["release"]).visits ?? [];
  if (slip === "release") {
    if (!(await readVisit(visit))) return odd("elsewhere");
    const { role } = await readDesk();
    if (!handlesCash(role)) return slipOutcome("other_kind");
    await accept(read);
    return onward({ at: "accepted", id: visit });
  }
  if (slip !== "accept") return slipOutcome("other_kind");
  const name = (await readVisit(visit))?.recipient.name ?? "";
  const title = t("accepted.read", { desk: deskName(peer) });
  return { tone: "good", title, body: t("accepted.read.body", { name }) };
}

const slipOutcome = (why: "stranger" | "not_for_us" | "other_kind"): Outcome => ({
  tone: "attention",
  title: t(`slip.${why}.title`),
  body: t(`slip.${why}.body`),
});

/** A visit of this session that another desk was given. */
async function lookUp(letter: OpenedLetter) {
  try {
    const found = await findOnline(letter.claims.visit);
    const visit = found.find((one) => one.id === letter.claims.visit);
    if (visit) await keepFound(visit);
    return visit;
  } catch {
    return undefined;
  }
}
