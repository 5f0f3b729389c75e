/** Words of the back office to this officer: shown until they are read. */

import { stopInForce, unread } from "../domain/instructions";
import type { Instruction } from "../domain/worklist";
import { dayAndTime, t } from "../i18n";
import { readWorklistHead } from "../store/assignments";
import { readIdentity } from "../store/identity";
import { allEvents, bodyOf } from "../store/outbox";
import { readInstruction } from "./acts";
import { useLive } from "./live";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Main, Notice } from "./parts/pieces";
import { address, replace } from "./route";

async function readInstructions() {
  const [head, events] = await Promise.all([readWorklistHead(), allEvents()]);
  const seen = new Set(
    events
      .filter((event) => event.kind === "instruction_seen")
      .map((event) => bodyOf<"instruction_seen">(event).instruction),
  );
  const all = head?.instructions ?? [];
  return { all, fresh: unread(all, seen), stop: stopInForce(all) };
}

/** The stop that is in force, if the officer was asked to stop. */
export async function readStop(): Promise<Instruction | null> {
  return stopInForce((await readWorklistHead())?.instructions ?? []);
}

/** Stands on the list until it has been read; a stop stands there as long as it is in force. */
export function InstructionsCall() {
  const shown = useLive(readInstructions, ["worklist", "outbox", "language"]);
  if (!shown) return null;
  const { fresh, stop } = shown;
  return (
    <>
      {stop && (
        <Notice tone="attention" title={t("instruction.stopped")}>
          {stop.text || t("instruction.stopped.body")}
        </Notice>
      )}
      {fresh.length > 0 && (
        <a class="call" href={address({ at: "instructions" })}>
          <Icon name="info-circle" />
          <span>
            <strong>{t("instruction.call", { n: fresh.length })}</strong>
            {t("instruction.call.action")}
          </span>
          <Icon name="chevron-right" />
        </a>
      )}
    </>
  );
}

export function InstructionsScreen() {
  const shown = useLive(
    async () => ({ ...(await readInstructions()), identity: await readIdentity() }),
    ["worklist", "outbox", "language"],
  );
  if (!shown) return null;
  const { all, fresh, identity } = shown;
  const zone = identity?.office.zone ?? "Asia/Jakarta";
  const read = async (): Promise<void> => {
    for (const { id } of fresh) await readInstruction(id);
    replace({ at: "worklist" });
  };
  return (
    <Frame
      title={t("instruction.title")}
      back={{ at: "worklist" }}
      footer={<Main onClick={() => void read()}>{t("instruction.read")}</Main>}
    >
      <div class="stack">
        <h1>{t("instruction.title")}</h1>
        {all.length === 0 && <p class="answer">{t("instruction.none")}</p>}
        {[...all].reverse().map((one) => (
          <section key={one.id} class="told">
            <h2>{t(`instruction.${one.kind}`)}</h2>
            <p class="told-when">{dayAndTime(one.at, zone)}</p>
            {one.text && <p>{one.text}</p>}
          </section>
        ))}
      </div>
    </Frame>
  );
}
