/** The verifier's ticket: who stands here, signed, for the camera of the desk that pays. */

import { useEffect, useState } from "preact/hooks";
import type { SlipBodies } from "../../domain/slips";
import type { Visit } from "../../domain/worklist";
import { t } from "../../i18n";
import { showSlip, ticketOf } from "../desk-acts";
import { Frame } from "../parts/frame";
import { Icon } from "../parts/icons";
import { Main, Notice, PersonHead, Second } from "../parts/pieces";
import { QrCode } from "../parts/qr";
import { replace } from "../route";

/** Signs when it is shown, and once: a code that changes under a camera cannot be read. */
export function useSlipText(make: () => Promise<string | null>): string | null {
  const [text, setText] = useState<string | null>(null);
  useEffect(() => {
    let wanted = true;
    void make().then((made) => {
      if (wanted) setText(made);
    });
    return () => {
      wanted = false;
    };
  }, []);
  return text;
}

export function TicketScreen({ visit }: { visit: Visit }) {
  const [ticket, setTicket] = useState<SlipBodies["verified"] | null>(null);
  const text = useSlipText(async () => {
    const found = await ticketOf(visit.id);
    setTicket(found);
    return found && showSlip("verified", null, found);
  });
  const person = [visit.recipient, ...visit.collectors].find(
    (one) => one.person_id === ticket?.person,
  );
  return (
    <Frame
      title={t("ticket.title")}
      back={{ at: "worklist" }}
      footer={
        <>
          <Second onClick={() => replace({ at: "worklist" })}>{t("receipt.to_list")}</Second>
          <Main onClick={() => replace({ at: "scan" })}>
            <Icon name="qrcode" />
            {t("ticket.next")}
          </Main>
        </>
      }
    >
      <PersonHead visit={visit} {...(person ? { name: person.name } : {})} />
      <p class="safe" role="status">
        <Icon name="circle-check" />
        {t("ticket.saved")}
      </p>
      {text && <QrCode text={text} label={t("ticket.code", { name: visit.recipient.name })} />}
      <Notice>{t("ticket.hint")}</Notice>
    </Frame>
  );
}
