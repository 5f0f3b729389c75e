/** A second person, by name and office: what a doubtful face and an absent mark both lead to. */

import { useState } from "preact/hooks";
import type { Witness } from "../../domain/events";
import { t } from "../../i18n";
import { Field, Notice } from "./pieces";

const ROLES = ["neighbourhood", "village", "verifier", "neighbour"] as const;

export function WitnessForm({
  id,
  asksReason = false,
  asksCode = false,
  onWitness,
}: {
  id: string;
  asksReason?: boolean;
  asksCode?: boolean;
  onWitness: (witness: Witness, reason: string | null, code: string | null) => Promise<void>;
}) {
  const [name, setName] = useState("");
  const [role, setRole] = useState<string>(ROLES[0]);
  const [reason, setReason] = useState("");
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const [failed, setFailed] = useState(false);
  const [busy, setBusy] = useState(false);
  const nameMissing = name.trim().length < 2;
  const reasonMissing = asksReason && reason.trim().length < 3;
  const codeMissing = asksCode && !code.trim();

  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (busy || nameMissing || reasonMissing || codeMissing) return;
    setBusy(true);
    const supervisors = asksCode ? code.trim() : null;
    await onWitness({ name: name.trim(), role }, reason.trim() || null, supervisors).catch(() => {
      setFailed(true);
      setBusy(false);
    });
  };

  return (
    <form id={id} class="stack" onSubmit={(event) => void submit(event)} noValidate>
      {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
      <Field
        label={t("witness.name")}
        error={tried && nameMissing ? t("witness.error.name") : null}
      >
        {(ids) => (
          <input
            {...ids}
            class="input"
            value={name}
            autocomplete="off"
            autocapitalize="words"
            maxLength={120}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={t("witness.role")}>
        {(ids) => (
          <select
            {...ids}
            class="input"
            value={role}
            onChange={(event) => setRole(event.currentTarget.value)}
          >
            {ROLES.map((one) => (
              <option key={one} value={one}>
                {t(`witness.role.${one}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {asksReason && (
        <Field
          label={t("witness.reason")}
          hint={t("witness.reason.hint")}
          error={tried && reasonMissing ? t("witness.error.reason") : null}
        >
          {(ids) => (
            <textarea
              {...ids}
              autocomplete="off"
              class="input"
              rows={2}
              maxLength={300}
              value={reason}
              onInput={(event) => setReason(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
      {asksCode && (
        <Field
          label={t("witness.code")}
          error={tried && codeMissing ? t("witness.error.code") : null}
        >
          {(ids) => (
            <input
              {...ids}
              class="input input-code"
              value={code}
              autocomplete="off"
              maxLength={20}
              onInput={(event) => setCode(event.currentTarget.value)}
            />
          )}
        </Field>
      )}
    </form>
  );
}
