/** The way out for what is unsent when the phone itself cannot send: one file, for the server alone. */

import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { exportFile } from "../../store/escrow";
import { readDevice } from "../../store/identity";
import { Icon } from "./icons";
import { Notice, Second } from "./pieces";

function save(file: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

export function ExportButton() {
  const [told, setTold] = useState<"made" | "failed" | null>(null);
  const make = async (): Promise<void> => {
    const device = await readDevice();
    const day = new Date().toISOString().slice(0, 10);
    save(await exportFile(), `${device?.device_id.slice(0, 8) ?? "salur"}-${day}.salur`);
    setTold("made");
  };
  return (
    <>
      {told && <Notice tone={told === "made" ? "good" : "attention"}>{t(`export.${told}`)}</Notice>}
      <Second onClick={() => void make().catch(() => setTold("failed"))}>
        <Icon name="cloud-upload" /> {t("export.make")}
      </Second>
    </>
  );
}
