/** The lock: a PIN, and when it is forgotten, a person who helps. Nothing unsent depends on it. */

import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { countSealed } from "../store/escrow";
import { answerChallenge, challenge, giveUp, lockedOut, unlock, type Tried } from "../store/vault";
import { useLive } from "./live";
import { Frame } from "./parts/frame";
import { ExportButton } from "./parts/export";
import { Field, Main, Notice, Second } from "./parts/pieces";
import { PinPad } from "./parts/pin-pad";

type Barred = Exclude<Tried, { as: "open" }>;

export function Lock() {
  const [barred, setBarred] = useState<Barred | null>(null);
  const [busy, setBusy] = useState(false);
  const [seconds, setSeconds] = useState(0);
  const [forgot, setForgot] = useState(false);

  useEffect(() => {
    void lockedOut().then(setBarred);
  }, []);

  const waitMs = barred && "waitMs" in barred ? barred.waitMs : 0;
  useEffect(() => {
    if (!waitMs) return undefined;
    const until = performance.now() + waitMs;
    const tick = (): void => setSeconds(Math.max(0, Math.ceil((until - performance.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 250);
    return () => clearInterval(timer);
  }, [barred]);

  const waiting = waitMs > 0 && seconds > 0;

  const take = (pin: string): void => {
    if (waiting) return;
    setBusy(true);
    void unlock(pin)
      .then((tried) => {
        if (tried.as !== "open") setBarred(tried);
      })
      .catch(() => setBarred(null))
      .finally(() => setBusy(false));
  };

  if (forgot) return <EnrolAnew why="forgot" onBack={() => setForgot(false)} />;
  if (barred?.as === "needs_supervisor") {
    return <AskSupervisor onFree={() => setBarred(null)} onForgot={() => setForgot(true)} />;
  }
  return (
    <Frame title={t("lock.title")} lead={t("app.name")} quiet>
      <div class="stack pin-screen">
        <h1>{t("lock.title")}</h1>
        {busy ? (
          <p class="answer">{t("lock.opening")}</p>
        ) : waiting ? (
          <Notice tone="attention">{t("lock.wait", { n: seconds })}</Notice>
        ) : barred?.as === "wrong" ? (
          <Notice tone="attention">{t("lock.wrong", { n: barred.left })}</Notice>
        ) : (
          <p class="answer">{t("lock.answer")}</p>
        )}
        <PinPad name="unlock" busy={busy || waiting} onPin={take} />
        <Unsent />
        <Second onClick={() => setForgot(true)}>{t("lock.forgot")}</Second>
      </div>
    </Frame>
  );
}

/** Nothing of it depends on the PIN: said here, where somebody may fear that it does. */
function Unsent() {
  const unsent = useLive(countSealed, ["outbox", "language"]);
  if (!unsent || unsent.events + unsent.pictures === 0) return null;
  return (
    <>
      <p class="hint">{t("lock.unsent", { n: unsent.events + unsent.pictures })}</p>
      <ExportButton />
    </>
  );
}

/** A PIN that nobody knows any more, or a phone whose records the server took away. */
export function EnrolAnew({ why, onBack }: { why: "forgot" | "wiped"; onBack?: () => void }) {
  return (
    <Frame
      title={t(`lock.${why}.title`)}
      lead={t("app.name")}
      {...(onBack ? { back: onBack } : {})}
      quiet
      footer={<Main onClick={() => void giveUp("enrol_anew")}>{t("lock.enrol_anew")}</Main>}
    >
      <div class="stack">
        <h1>{t(`lock.${why}.title`)}</h1>
        <p class="answer">{t(`lock.${why}.answer`)}</p>
        <Unsent />
      </div>
    </Frame>
  );
}

/** After too many wrong PINs: six digits to read out, eight digits to hear. */
function AskSupervisor({ onFree, onForgot }: { onFree: () => void; onForgot: () => void }) {
  const [answer, setAnswer] = useState("");
  const [wrong, setWrong] = useState(false);
  const code = useLive(challenge, ["vault"]);

  const submit = (event: Event): void => {
    event.preventDefault();
    void answerChallenge(answer).then((right) => (right ? onFree() : setWrong(true)));
  };

  return (
    <Frame
      title={t("lock.supervisor.title")}
      lead={t("app.name")}
      quiet
      footer={
        <Main type="submit" form="challenge">
          {t("lock.supervisor.submit")}
        </Main>
      }
    >
      <form id="challenge" class="stack" onSubmit={submit} noValidate>
        <h1>{t("lock.supervisor.title")}</h1>
        <p class="answer">{t("lock.supervisor.answer")}</p>
        <div>
          <p class="eyebrow">{t("lock.supervisor.code")}</p>
          <p class="figure spoken">{code?.replace(/(...)(...)/, "$1 $2")}</p>
        </div>
        <Field
          label={t("lock.supervisor.reply")}
          hint={t("lock.supervisor.hint")}
          error={wrong ? t("lock.supervisor.wrong") : null}
        >
          {(ids) => (
            <input
              {...ids}
              class="input input-code"
              value={answer}
              onInput={(event) => setAnswer(event.currentTarget.value)}
              inputmode="numeric"
              autocomplete="off"
              enterkeyhint="done"
            />
          )}
        </Field>
        <p class="hint">{t("lock.supervisor.safe")}</p>
        <Second onClick={onForgot}>{t("lock.forgot")}</Second>
      </form>
    </Frame>
  );
}
