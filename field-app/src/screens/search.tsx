/** One box for everything that a family may bring: a name, a number, four digits of an ID card. */

import { useState } from "preact/hooks";
import { handlesCash } from "../domain/desks";
import { readTypedNumber } from "../domain/numbers";
import { search, type Visit } from "../domain/worklist";
import { t } from "../i18n";
import { keepFound } from "../store/assignments";
import { readIdentity } from "../store/identity";
import { findOnline } from "../sync/pull";
import { startHandOver } from "./acts";
import { useLive } from "./live";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Field, Main, Notice, Second } from "./parts/pieces";
import { go, type Route } from "./route";
import { readStandings, type Standing } from "./standing";
import { VisitRow } from "./worklist/rows";

const arrive = (visit: Visit, letter: "number" | "search"): Route => ({
  at: "arrive",
  id: `${visit.id}:${letter}`,
});

type Online = "idle" | "working" | "none" | "offline" | "found";

export function SearchScreen() {
  const [text, setText] = useState("");
  const [online, setOnline] = useState<Online>("idle");
  const shown = useLive(
    async () => ({ standings: await readStandings(), identity: await readIdentity() }),
    ["worklist", "outbox", "progress", "language"],
  );
  if (!shown) return null;
  const { role } = shown.standings.desk;
  const cash = handlesCash(role);
  const entrance = role === "check_in";
  const typed = readTypedNumber(text);
  const found = search(shown.standings.visits, text).slice(0, 30);
  const [only] = found;
  const exact = typed.kind === "number" && found.length === 1 ? only : undefined;

  const ask = async (): Promise<void> => {
    setOnline("working");
    try {
      const visits = await findOnline(typed.kind === "number" ? typed.printed : text.trim());
      for (const visit of visits) await keepFound(visit);
      setOnline(visits.length ? "found" : "none");
    } catch {
      setOnline("offline");
    }
  };

  return (
    <Frame
      title={t("search.title")}
      back={{ at: "worklist" }}
      footer={
        exact && entrance ? (
          <Main onClick={() => go(arrive(exact, "number"))}>{t("arrive.title")}</Main>
        ) : exact && role !== "payer" ? (
          <Main onClick={() => void startByNumber(exact, shown.standings.of.get(exact.id))}>
            {t(cash ? "visit.start" : "verify.start")}
          </Main>
        ) : entrance ? (
          <Second onClick={() => go({ at: "arrive", id: "none" })}>
            {t("check_in.not_found")}
          </Second>
        ) : (
          text.trim().length >= 3 &&
          typed.kind !== "wrong" && (
            <Main onClick={() => void ask()} busy={online === "working"}>
              <Icon name="search" />
              {t(online === "working" ? "search.online.working" : "search.online")}
            </Main>
          )
        )
      }
    >
      <div class="stack">
        <h1>{t("search.title")}</h1>
        <Field
          label={t("search.label")}
          error={typed.kind === "wrong" ? t("search.wrong_number") : null}
          hint={
            typed.kind === "unfinished" && typed.digits.length > 4
              ? t("search.unfinished", { n: 13 - typed.digits.length })
              : undefined
          }
        >
          {(ids) => (
            <input
              {...ids}
              class="input"
              type="search"
              value={text}
              autocomplete="off"
              enterkeyhint="search"
              onInput={(event) => {
                setText(event.currentTarget.value);
                setOnline("idle");
              }}
            />
          )}
        </Field>
        <div aria-live="polite">
          {online === "none" && <Notice>{t("search.online.none")}</Notice>}
          {online === "offline" && <Notice tone="attention">{t("search.online.offline")}</Notice>}
          {text.trim().length >= 3 && found.length === 0 && online === "idle" && (
            <p class="hint">{typed.kind === "wrong" ? "" : t("search.none")}</p>
          )}
          {found.length > 0 && <p class="unseen">{t("search.found", { n: found.length })}</p>}
        </div>
        <ul class="rows">
          {found.map((visit) => (
            <li key={visit.id}>
              <VisitRow
                amounts={cash}
                {...(entrance ? { to: arrive(visit, "search") } : {})}
                visit={visit}
                standing={shown.standings.of.get(visit.id)}
                zone={shown.identity?.office.zone ?? "Asia/Jakarta"}
              />
            </li>
          ))}
        </ul>
      </div>
    </Frame>
  );
}

async function startByNumber(visit: Visit, standing: Standing | undefined): Promise<void> {
  const payable = standing?.kind === "waiting" || standing?.kind === "failed";
  if (payable) await startHandOver(visit, "number");
  const open = standing?.kind === "under_way" || standing?.kind === "in_doubt";
  go({ at: payable || open ? "pay" : "visit", id: visit.id });
}
