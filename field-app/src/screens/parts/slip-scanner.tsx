/** Reading a slip off another phone's screen: believed only when a peer signed it for this one. */

import { useState } from "preact/hooks";
import { readSlip, trustOfSlip, type ReadSlip, type SlipKind } from "../../domain/slips";
import type { Peer } from "../../domain/worklist";
import { t } from "../../i18n";
import { readWorklistHead } from "../../store/assignments";
import { readIdentity } from "../../store/identity";
import { CodeReader } from "./code-reader";
import { Notice, Second } from "./pieces";

interface SlipScannerProps {
  /** Where to point the camera. */
  readonly hint: string;
  /** The kinds that make sense here; another is explained, not acted on. */
  readonly kinds: readonly SlipKind[];
  /** Acts on a slip that is believed. A sentence says why it is of no use after all. */
  readonly onSlip: (read: ReadSlip, peer: Peer) => Promise<string | void> | string | void;
}

type Refusal = "not_a_slip" | "other_kind" | "stranger" | "not_for_us";

export function SlipScanner({ hint, kinds, onSlip }: SlipScannerProps) {
  const [trouble, setTrouble] = useState<{ title: string; body: string } | null>(null);
  const explain = (why: Refusal): void =>
    setTrouble({ title: t(`slip.${why}.title`), body: t(`slip.${why}.body`) });

  const take = async (text: string): Promise<void> => {
    const read = readSlip(text);
    if (!read) return explain("not_a_slip");
    if (!kinds.includes(read.slip.slip)) return explain("other_kind");
    const [head, identity] = await Promise.all([readWorklistHead(), readIdentity()]);
    const peers = head?.peers ?? [];
    const trust = await trustOfSlip(read, peers, identity?.device_id ?? "");
    const peer = peers.find((one) => one.device === read.slip.from);
    if (trust !== "trusted" || !peer) return explain(trust === "trusted" ? "stranger" : trust);
    navigator.vibrate?.(60);
    const useless = await onSlip(read, peer);
    if (useless) setTrouble({ title: t("slip.not_taken"), body: useless });
  };

  return trouble ? (
    <>
      <Notice tone="attention" title={trouble.title}>
        {trouble.body}
      </Notice>
      <Second onClick={() => setTrouble(null)}>{t("scan.again")}</Second>
    </>
  ) : (
    <CodeReader
      hint={hint}
      missing={t("slip.scanner_missing")}
      onText={(text) => void take(text)}
    />
  );
}
