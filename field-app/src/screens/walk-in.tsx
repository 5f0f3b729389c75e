/**
 * A family of another list stands here and there is no network: paid only where the office allows
 * it, against a genuine letter that is kept and a supervisor's code, in the amount of the letter.
 */

import { useState } from "preact/hooks";
import type { WalkIn } from "../domain/desks";
import { nameCheck, openLetter, trustOfLetter, type LetterClaims } from "../domain/letter";
import type { Visit } from "../domain/worklist";
import { t, type Key } from "../i18n";
import { keepFound, readWorklistHead } from "../store/assignments";
import { eventsOf } from "../store/outbox";
import { saveProgress } from "../store/progress";
import { prepareHandOver } from "./acts";
import { judgeCode } from "./desk-acts";
import { Figure, Words } from "./parts/amount";
import { Frame } from "./parts/frame";
import { Field, Main, Notice } from "./parts/pieces";
import { replace } from "./route";
import { NoSuchVisit } from "./visit";

export type WalkInTrouble = Exclude<WalkIn, "ok"> | "wrong_name" | "forged" | "paid";

/**
 * Keeps the family and where its hand-over stands, or says what is in the way: the letter's
 * signature and name, the code and the limits are looked at here, whoever led to this screen.
 */
export async function beginWalkIn(
  letter: string,
  name: string,
  code: string,
): Promise<WalkInTrouble | null> {
  const opened = openLetter(letter);
  const head = await readWorklistHead();
  if (!opened || (await trustOfLetter(opened, head?.letterKeys ?? {})) !== "genuine") {
    return "forged";
  }
  const { claims } = opened;
  const paid = (await eventsOf(claims.visit)).some((event) => event.kind === "handed_over");
  if (paid) return "paid";
  if ((await nameCheck(name)) !== claims.nameCheck) return "wrong_name";
  const verdict = await judgeCode(code, claims.total);
  if (verdict !== "ok") return verdict;
  const visit = visitOf(claims, name.trim().toUpperCase());
  await keepFound(visit);
  await saveProgress({
    ...(await prepareHandOver(visit, "scanned", "genuine")),
    letterAccepted: true,
    letterClaims: claims,
    by: { unleased: { letter, code: code.trim() } },
  });
  return null;
}

/** Nobody here knows who it is but the letter's own check of the name. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** The letter gives the end of each payment's id; the server finds the rest by the visit. */
const paymentOf = (mark: string): string => `00000000-0000-0000-0000-0000${mark}`;

function visitOf(claims: LetterClaims, name: string): Visit {
  return {
    id: claims.visit,
    number: "",
    version: 0,
    status: "planned",
    household: { id: NOBODY, village: "", address: "", family_card_last4: "····" },
    recipient: {
      person_id: NOBODY,
      name,
      birth_year: null,
      sex: "",
      nik_last4: "····",
      has_reference: false,
    },
    collectors: [],
    payments: claims.payments.map(({ mark, amount }) => ({
      id: paymentOf(mark),
      program: "",
      program_name: t("walk_in.benefit"),
      amount,
      components: [],
    })),
    total: claims.total,
    channel: "post_office",
    slot: null,
    letter_version: claims.letterVersion,
    unleased: true,
  };
}

const WORDS: Readonly<Record<Exclude<WalkInTrouble, "wrong_name">, Key>> = {
  not_allowed: "walk_in.not_allowed",
  wrong_code: "walk_in.wrong_code",
  used_code: "walk_in.used_code",
  too_many: "walk_in.too_many",
  too_much: "walk_in.too_much",
  forged: "scan.forged.body",
  paid: "ticket.trouble.used",
};

export function WalkInScreen({ letter }: { letter: string }) {
  const [name, setName] = useState("");
  const [code, setCode] = useState("");
  const [wrong, setWrong] = useState<WalkInTrouble | null>(null);
  const [busy, setBusy] = useState(false);
  const claims = openLetter(letter)?.claims;
  if (!claims) return <NoSuchVisit />;

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    const trouble = await beginWalkIn(letter, name, code);
    if (trouble === null) return replace({ at: "pay", id: claims.visit });
    setWrong(trouble);
    setBusy(false);
  };
  const inCode = wrong === "wrong_code" || wrong === "used_code";
  return (
    <Frame
      title={t("walk_in.title")}
      back={{ at: "worklist" }}
      footer={
        <Main type="submit" form="walk-in" busy={busy}>
          {t("walk_in.go_on")}
        </Main>
      }
    >
      <form id="walk-in" class="stack" noValidate onSubmit={(event) => void submit(event)}>
        <h1>{t("walk_in.title")}</h1>
        <Notice tone="attention">{t("walk_in.answer")}</Notice>
        <div class="amount">
          <p class="label">{t("visit.receives")}</p>
          <Figure amount={claims.total} />
          <Words amount={claims.total} />
        </div>
        {wrong && wrong !== "wrong_name" && !inCode && (
          <Notice tone="danger">{t(WORDS[wrong])}</Notice>
        )}
        <Field
          label={t("walk_in.name")}
          hint={t("walk_in.name.hint")}
          error={wrong === "wrong_name" ? t("walk_in.wrong_name") : null}
        >
          {(ids) => (
            <input
              {...ids}
              class="input"
              value={name}
              autocomplete="off"
              autocapitalize="characters"
              maxLength={120}
              onInput={(event) => setName(event.currentTarget.value)}
            />
          )}
        </Field>
        <Field label={t("walk_in.code")} error={inCode ? t(WORDS[wrong]) : null}>
          {(ids) => (
            <input
              {...ids}
              class="input input-code"
              value={code}
              autocomplete="off"
              autocapitalize="characters"
              maxLength={20}
              onInput={(event) => setCode(event.currentTarget.value)}
            />
          )}
        </Field>
      </form>
    </Frame>
  );
}
