/** Six digits with one thumb. What was typed is never shown, only how many. */

import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { PIN_DIGITS } from "../../store/vault";
import { Icon } from "./icons";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "", "0", "back"] as const;

export function PinPad({
  name,
  busy,
  onPin,
}: {
  /** What the pad is for: `set`, `repeat`, `unlock`; a new name empties it. */
  name: string;
  busy: boolean;
  onPin: (pin: string) => void;
}) {
  const [typed, setTyped] = useState("");
  const now = useRef({ typed, busy });
  now.current = { typed, busy };
  useEffect(() => setTyped(""), [name]);

  const press = (key: string): void => {
    if (now.current.busy) return;
    const before = now.current.typed;
    const next = key === "back" ? before.slice(0, -1) : (before + key).slice(0, PIN_DIGITS);
    now.current.typed = next;
    if (next.length === PIN_DIGITS) {
      now.current.typed = "";
      setTyped("");
      onPin(next);
    } else setTyped(next);
  };

  useEffect(() => {
    const typedOnKeyboard = (event: KeyboardEvent): void => {
      if (event.target instanceof HTMLInputElement) return;
      if (/^\d$/.test(event.key)) press(event.key);
      else if (event.key === "Backspace") press("back");
    };
    addEventListener("keydown", typedOnKeyboard);
    return () => removeEventListener("keydown", typedOnKeyboard);
  }, [onPin]);

  return (
    <div class="pin" data-pad={name} data-busy={busy}>
      <p class="pin-dots" role="status" aria-label={t("pin.typed", { n: typed.length })}>
        {Array.from({ length: PIN_DIGITS }, (_, i) => (
          <span key={i} class={i < typed.length ? "pin-dot pin-dot-full" : "pin-dot"} />
        ))}
      </p>
      <div class="pin-keys" role="group" aria-label={t("pin.keys")}>
        {KEYS.map((key) =>
          key === "" ? (
            <span key={key} />
          ) : (
            <button
              key={key}
              type="button"
              class="pin-key"
              aria-disabled={busy}
              onClick={() => press(key)}
            >
              {key === "back" ? (
                <>
                  <Icon name="backspace" />
                  <span class="unseen">{t("pin.back")}</span>
                </>
              ) : (
                key
              )}
            </button>
          ),
        )}
      </div>
    </div>
  );
}
