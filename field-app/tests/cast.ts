/** The people and the letters that all tests share. */

import type { EvidenceRef, EventPlace } from "../src/domain/events";
import { begin, type Progress } from "../src/domain/sop";
import type { Visit } from "../src/domain/worklist";
import { saveIdentity, makeDeviceKey } from "../src/store/identity";
import { closeRecords } from "../src/store/records";
import { createVault } from "../src/store/vault";

export const SITI = { person_id: "019ac5a0-4444-7000-8000-000000000099", name: "SITI AMINAH" };

export const SITIS_VISIT: Visit = {
  id: "019ac5a0-1111-7000-8000-000000000042",
  number: "1671-0412-8837-3",
  version: 1,
  status: "planned",
  household: {
    id: "019ac5a0-9999-7000-8000-000000000001",
    village: "Kel. Talang Semut",
    address: "RT 03/RW 02",
    family_card_last4: "4417",
  },
  recipient: {
    ...SITI,
    birth_year: 1971,
    sex: "F",
    nik_last4: "0931",
    has_reference: true,
  },
  collectors: [
    {
      person_id: "019ac5a0-4444-7000-8000-000000000100",
      name: "AHMAD RIFAI",
      birth_year: 1990,
      relation: "child",
      nik_last4: "7712",
    },
  ],
  payments: [
    {
      id: "019ac5a0-5555-7000-8000-0000000000a1",
      program: "PKH",
      program_name: "PKH",
      amount: 225_000,
      components: [],
    },
    {
      id: "019ac5a1-6666-7000-8000-0000000000a2",
      program: "SEMBAKO",
      program_name: "Sembako",
      amount: 600_000,
      components: [],
    },
  ],
  total: 825_000,
  channel: "post_office",
  slot: { starts: "2026-11-30T01:30:00.000Z", ends: "2026-11-30T01:45:00.000Z" },
  letter_version: 3,
};

export const photo = (letter: string, kind: EvidenceRef["kind"] = "face"): EvidenceRef => ({
  sha256: letter.repeat(64),
  length: 1000,
  kind,
});

export const fresh = (): Progress => begin(SITIS_VISIT.id, SITI, "scanned", "genuine", 0);

export const DEVICE = "019ac5a0-0000-7000-8000-000000000007";

export const PLACE: EventPlace = {
  device: DEVICE,
  app: "0.1.0",
  lease: null,
  session: null,
  sop: "post_office/1",
  visit: SITIS_VISIT.id,
  position: null,
  time: { device: "2026-11-30T01:41:07.123Z", monotonic_ms: 1, server: null },
};

export const PIN = "274918";
/** A PIN of a test is not worth the time that a real one takes. */
export const FEW_ROUNDS = 1_000;

/** Enrols this test's phone, with its PIN in; the server's receipt key is given. */
export async function enrolPhone(receiptKeyHex: string) {
  closeRecords();
  const key = await makeDeviceKey();
  await saveIdentity({
    device_id: DEVICE,
    device_name: "Loket 2",
    officer: { id: "1", name: "Rina Wati", nip: "199001" },
    office: { code: "PLG", name: "KC Palembang", zone: "Asia/Jakarta" },
    server_key: { kid: 1, public_key: receiptKeyHex },
    private_key: key.privateKey,
    enrolled_at: 0,
  });
  await createVault(PIN, FEW_ROUNDS);
  return key;
}
