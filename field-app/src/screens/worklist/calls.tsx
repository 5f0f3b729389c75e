/** What calls for the officer before the list: advances, words of the office, room, the lease's end. */

import { correctedNow } from "../../device/clock";
import { LITTLE_ROOM_BYTES, storageRoom } from "../../device/phone";
import { formatRupiah } from "../../domain/money";
import { dayAndTime, t } from "../../i18n";
import { readWorklistHead } from "../../store/assignments";
import { readIdentity } from "../../store/identity";
import { openGiving, waitingFloats } from "../cash-in-hand";
import { InstructionsCall } from "../instructions";
import { useLive } from "../live";
import { OutcomesCall } from "../outcomes";
import { Icon } from "../parts/icons";
import { Notice } from "../parts/pieces";
import { address } from "../route";

export function Calls() {
  const shown = useLive(
    async () => ({
      head: await readWorklistHead(),
      zone: (await readIdentity())?.office.zone ?? "Asia/Jakarta",
      floats: await waitingFloats(),
      giving: await openGiving(),
      room: await storageRoom(),
    }),
    ["worklist", "outbox", "progress", "language"],
  );
  if (!shown) return null;
  const { head, zone, floats, giving, room } = shown;
  const leaseOver = head?.lease && Date.parse(head.lease.until) < correctedNow();
  return (
    <>
      {floats.map((float) => (
        <a key={float.id} class="call" href={address({ at: "float", id: float.id })}>
          <Icon name="cash" />
          <span>
            <strong>{t("worklist.float", { amount: formatRupiah(float.amount) })}</strong>
            {t("worklist.float.action")}
          </span>
          <Icon name="chevron-right" />
        </a>
      ))}
      {giving && (
        <a class="call" href={address({ at: "give" })}>
          <Icon name="cash" />
          <span>
            <strong>{t("give.open", { amount: formatRupiah(giving.total) })}</strong>
            {t("give.open.action")}
          </span>
          <Icon name="chevron-right" />
        </a>
      )}
      <InstructionsCall />
      <OutcomesCall />
      <HousesCall />
      {leaseOver && head?.lease && (
        <Notice tone="attention">
          {t("worklist.lease_over", { until: dayAndTime(head.lease.until, zone) })}
        </Notice>
      )}
      {room && room.freeBytes < LITTLE_ROOM_BYTES && (
        <Notice tone="attention">{t("worklist.little_room")}</Notice>
      )}
    </>
  );
}

/** Houses that are to be located: nothing is paid there, so they stand beside the families. */
function HousesCall() {
  const n = useLive(
    async () => (await readWorklistHead())?.geotags.length ?? 0,
    ["worklist", "language"],
  );
  if (!n) return null;
  return (
    <a class="call call-quiet" href={address({ at: "houses" })}>
      <Icon name="map-pin" />
      <span>
        <strong>{t("houses.call", { n })}</strong>
        {t("houses.call.action")}
      </span>
      <Icon name="chevron-right" />
    </a>
  );
}

export const ToClose = () => (
  <a class="row row-plain" href={address({ at: "close" })}>
    <Icon name="cash" />
    <span class="row-name">{t("worklist.close")}</span>
    <Icon name="chevron-right" />
  </a>
);
