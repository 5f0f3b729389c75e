/** The frame of every screen: where am I, the one question, and the main action under the thumb. */

import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { t } from "../../i18n";
import { countOutbox } from "../../store/outbox";
import { syncState } from "../../sync/engine";
import { isPractice } from "../../store/preferences";
import { useLive } from "../live";
import { address, type Route } from "../route";
import { Icon, type IconName } from "./icons";
import { PracticeLine } from "./practice-line";

interface FrameProps {
  readonly title: string;
  /** Shown small on top instead of the title, where the content has a title of its own. */
  readonly lead?: string;
  readonly back?: Route | (() => void);
  /** Stands beside the content on a wide screen, above it on a phone. */
  readonly aside?: ComponentChildren;
  readonly footer?: ComponentChildren;
  readonly quiet?: boolean;
  readonly children: ComponentChildren;
}

export function Frame({ title, lead, back, aside, footer, quiet, children }: FrameProps) {
  const main = useRef<HTMLElement>(null);
  useEffect(() => {
    // Not the screen's title: a browser's history keeps it, and it may be a name.
    document.title = t("app.name");
    scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <div class={aside ? "screen screen-wide" : "screen"}>
      <header class="top">
        {back && <Back to={back} />}
        <p class="top-lead">{lead ?? title}</p>
        {!quiet && !isPractice() && <QueueState />}
      </header>
      {isPractice() && <PracticeLine />}
      {aside && <aside class="beside">{aside}</aside>}
      <main ref={main} tabIndex={-1} class="content" aria-label={title}>
        {children}
      </main>
      {footer && <footer class="bottom">{footer}</footer>}
    </div>
  );
}

function Back({ to }: { to: Route | (() => void) }) {
  const inside = (
    <>
      <Icon name="chevron-left" />
      <span class="unseen">{t("app.back")}</span>
    </>
  );
  if (typeof to === "function") {
    return (
      <button type="button" class="top-back" onClick={to}>
        {inside}
      </button>
    );
  }
  return (
    <a class="top-back" href={address(to)}>
      {inside}
    </a>
  );
}

/** Is it safe to put the phone away? Always answered in the same corner. */
function QueueState() {
  const shown = useLive(
    async () => ({ count: await countOutbox(), state: syncState() }),
    ["outbox", "sync", "language"],
  );
  if (!shown) return null;
  const waiting = shown.count.events + shown.count.photos;
  const [icon, text]: [IconName, string] =
    shown.state === "locked_out"
      ? ["alert-triangle", t("queue.locked_out")]
      : waiting
        ? ["device-mobile", t("queue.unsent", { n: waiting })]
        : ["cloud-check", t("queue.all_sent")];
  return (
    <a class="queue" href="#/health" aria-label={t("queue.open", { state: text })}>
      <Icon name={icon} size={20} />
      <span>{text}</span>
    </a>
  );
}
