/**
 * Practice: invented families in a database of their own, under keys of their own. Nothing of it can
 * reach the server: requests end before the network (`sync/api.ts`), and no server knows the key.
 */

import { dammCheckDigit, formatPaymentNumber } from "../domain/numbers";
import { readWorklist, type Visit } from "../domain/worklist";
import { takeOver } from "./assignments";
import { useDatabase, writeSingle } from "./database";
import { makeDeviceKey, saveIdentity } from "./identity";
import { allEvents } from "./outbox";
import { createVault } from "./vault";

const NAME = "salur-practice";
const DAY_MS = 24 * 3_600_000;

const FAMILIES: readonly (readonly [name: string, sex: string, born: number])[] = [
  ["CONTOH MELATI", "F", 1971],
  ["CONTOH BUDI", "M", 1958],
  ["CONTOH SRI", "F", 1984],
  ["CONTOH HASAN", "M", 1949],
  ["CONTOH WATI", "F", 1990],
  ["CONTOH DEWI", "F", 1966],
];

function family(index: number): Visit {
  const [name, sex, birth_year] = FAMILIES[index] ?? FAMILIES[0]!;
  const digits = `00000000000${index}`.slice(-12);
  const id = (part: number): string =>
    `00000000-0000-7000-8000-${String(part * 100 + index).padStart(12, "0")}`;
  return {
    id: id(1),
    number: formatPaymentNumber(digits + dammCheckDigit(digits)),
    version: 1,
    status: "planned",
    household: {
      id: id(2),
      village: "Desa Latihan",
      address: `RT 0${index + 1}/RW 01`,
      family_card_last4: `000${index}`,
    },
    recipient: {
      person_id: id(3),
      name,
      birth_year,
      sex,
      nik_last4: `000${index}`,
      has_reference: index % 2 === 1,
    },
    collectors: [],
    payments: [
      { id: id(4), program: "PKH", program_name: "PKH", amount: 225_000, components: [] },
      { id: id(5), program: "SEMBAKO", program_name: "Sembako", amount: 600_000, components: [] },
    ],
    total: 825_000,
    channel: "post_office",
    slot: null,
    letter_version: 1,
  };
}

/** A fresh practice, with its PIN in: what was practised before is gone. */
export async function startPractice(nowMs = Date.now()): Promise<void> {
  await new Promise<void>((done) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = () => done();
  });
  await useDatabase(NAME);
  const key = await makeDeviceKey();
  await writeSingle("chain", { sequence: 0, previous: null });
  await saveIdentity({
    device_id: "00000000-0000-7000-8000-000000000000",
    device_name: "Latihan",
    officer: { id: "practice", name: "Latihan", nip: "–" },
    office: { code: "0", name: "Kantor Latihan", zone: "Asia/Jakarta" },
    server_key: { kid: 0, public_key: "00".repeat(32) },
    private_key: key.privateKey,
    enrolled_at: nowMs,
  });
  const [pin = 0] = crypto.getRandomValues(new Uint32Array(1));
  await createVault(String(pin % 1_000_000).padStart(6, "0"));
  const answer = readWorklist(
    {
      visits: FAMILIES.map((_, index) => family(index)),
      lease: { id: "practice", until: new Date(nowMs + DAY_MS).toISOString() },
      sop: {},
      session: null,
      cursor: null,
    },
    nowMs,
  );
  await takeOver(answer, true);
}

export async function countPractised(): Promise<number> {
  return (await allEvents()).filter((event) => event.kind === "handed_over").length;
}
