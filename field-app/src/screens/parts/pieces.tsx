/** Small pieces that several screens share: a family's head, the stages, notices, fields. */

import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { t } from "../../i18n";
import type { Stage } from "../../domain/sop";
import { initials, type Visit } from "../../domain/worklist";
import { Icon, type IconName } from "./icons";

export function Face({ name, photo }: { name: string; photo?: string | null | undefined }) {
  return photo ? (
    <img class="face" src={photo} alt="" />
  ) : (
    <span class="face" aria-hidden="true">
      {initials(name)}
    </span>
  );
}

/** Who stands before the officer: name, place, and the end of the family card's number. */
export function PersonHead({ visit, name }: { visit: Visit; name?: string }) {
  const shown = name ?? visit.recipient.name;
  return (
    <div class="person">
      <Face name={shown} photo={name ? null : visit.recipient.photo} />
      <div>
        <h1 class="person-name">{shown}</h1>
        <p class="person-place">
          {visit.household.village} {visit.household.address} ·{" "}
          <span class="together">
            {t("visit.family_card", { last4: visit.household.family_card_last4 })}
          </span>
        </p>
      </div>
    </div>
  );
}

export function Stages({ stages, current }: { stages: readonly Stage[]; current: Stage }) {
  const at = stages.indexOf(current);
  return (
    <ol class="stages">
      {stages.map((stage, i) => (
        <li
          key={stage}
          class={i < at ? "stage stage-done" : i === at ? "stage stage-now" : "stage"}
          aria-current={i === at ? "step" : undefined}
        >
          <span class="stage-name">{t(`step.${stage}`)}</span>
        </li>
      ))}
    </ol>
  );
}

export function Ticks({ done }: { done: readonly string[] }) {
  if (done.length === 0) return null;
  return (
    <ul class="ticks">
      {done.map((text) => (
        <li key={text}>
          <Icon name="check" size={18} />
          {text}
        </li>
      ))}
    </ul>
  );
}

type Tone = "plain" | "good" | "attention" | "danger";
const TONE_ICON: Readonly<Record<Tone, IconName>> = {
  plain: "info-circle",
  good: "circle-check",
  attention: "alert-triangle",
  danger: "alert-triangle",
};

export function Notice({
  tone = "plain",
  title,
  children,
}: {
  tone?: Tone;
  title?: string;
  children?: ComponentChildren;
}) {
  return (
    <div class={`notice notice-${tone}`} role={tone === "danger" ? "alert" : "status"}>
      <Icon name={TONE_ICON[tone]} />
      <div>
        {title && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}

export function Main({
  children,
  busy,
  ...rest
}: {
  children: ComponentChildren;
  onClick?: () => void;
  type?: "button" | "submit";
  form?: string;
  busy?: boolean;
  disabled?: boolean;
}) {
  return (
    <button type="button" class="main" {...rest} aria-disabled={busy || rest.disabled}>
      {children}
    </button>
  );
}

export function Second({
  children,
  onClick,
}: {
  children: ComponentChildren;
  onClick: () => void;
}) {
  return (
    <button type="button" class="second" onClick={onClick}>
      {children}
    </button>
  );
}

export function Field({
  label,
  hint,
  error,
  children,
}: {
  label: string;
  hint?: string | undefined;
  error?: string | null | undefined;
  children: (ids: { id: string; "aria-describedby": string | undefined }) => ComponentChildren;
}) {
  const id = useId();
  const describedBy = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div class={error ? "field field-wrong" : "field"}>
      <label for={id}>{label}</label>
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="wrong" id={`${id}-error`} role="alert">
          <Icon name="alert-triangle" size={20} />
          {error}
        </p>
      )}
      {children({ id, "aria-describedby": describedBy || undefined })}
    </div>
  );
}

export function Facts({ rows }: { rows: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {rows.map(([term, fact]) => (
        <div key={term}>
          <dt>{term}</dt>
          <dd>{fact}</dd>
        </div>
      ))}
    </dl>
  );
}
