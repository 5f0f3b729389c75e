/** The officer's own PIN: set once at enrolment, typed twice. */

import { useState } from "preact/hooks";
import { t, type Key } from "../i18n";
import { changePin, createVault, isPin, lock, pinIsTooSimple } from "../store/vault";
import { Frame } from "./parts/frame";
import { Notice } from "./parts/pieces";
import { PinPad } from "./parts/pin-pad";

export function SetPin() {
  const [first, setFirst] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Key | null>(null);

  const take = (pin: string): void => {
    setProblem(null);
    if (first === null) {
      if (!isPin(pin) || pinIsTooSimple(pin)) return setProblem("pin.too_simple");
      return setFirst(pin);
    }
    if (pin !== first) {
      setFirst(null);
      return setProblem("pin.differs");
    }
    setBusy(true);
    createVault(pin).catch(() => {
      setBusy(false);
      setFirst(null);
      setProblem("app.not_saved");
    });
  };

  return (
    <Frame title={t("pin.title")} lead={t("app.name")} quiet>
      <div class="stack pin-screen">
        <h1>{t(first === null ? "pin.title" : "pin.repeat")}</h1>
        <p class="answer">{t(busy ? "pin.sealing" : "pin.answer")}</p>
        {problem && <Notice tone="attention">{t(problem)}</Notice>}
        <PinPad name={first === null ? "set" : "repeat"} busy={busy} onPin={take} />
      </div>
    </Frame>
  );
}

/** Whoever knows the old PIN chooses another. A wrong one locks the phone: tries are counted there. */
export function ChangePin({ onDone }: { onDone: () => void }) {
  const [old, setOld] = useState<string | null>(null);
  const [first, setFirst] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Key | null>(null);

  const take = (pin: string): void => {
    setProblem(null);
    if (old === null) return setOld(pin);
    if (first === null) {
      if (!isPin(pin) || pinIsTooSimple(pin)) return setProblem("pin.too_simple");
      return setFirst(pin);
    }
    if (pin !== first) {
      setFirst(null);
      return setProblem("pin.differs");
    }
    setBusy(true);
    changePin(old, pin).then(onDone, () => void lock());
  };

  const step = old === null ? "old" : first === null ? "set" : "repeat";
  const title = { old: "pin.old", set: "pin.title", repeat: "pin.repeat" } as const;
  return (
    <Frame title={t("pin.change")} back={onDone} quiet>
      <div class="stack pin-screen">
        <h1>{t(title[step])}</h1>
        <p class="answer">{t(busy ? "lock.opening" : "pin.answer")}</p>
        {problem && <Notice tone="attention">{t(problem)}</Notice>}
        <PinPad name={step} busy={busy} onPin={take} />
      </div>
    </Frame>
  );
}
