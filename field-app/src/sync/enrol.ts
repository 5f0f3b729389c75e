/** Enrolment: the one-time code of a supervisor makes this phone one officer's device. */

import { writeSingle, type Identity } from "../store/database";
import { keepOutboxKey, makeDeviceKey, saveIdentity } from "../store/identity";
import { keepUnlockSecret } from "../store/vault";
import { postJson, Refused } from "./api";

declare const __APP_VERSION__: string;
export const APP_VERSION = __APP_VERSION__;

/** Throws Refused for a wrong, used or expired code, Unreachable without network. */
export async function enrol(code: string, deviceName: string): Promise<Identity> {
  const key = await makeDeviceKey();
  const answer = await postJson(
    "/enrol",
    {
      code: code.trim(),
      device_name: deviceName.trim(),
      public_key: key.publicKey,
      app_version: APP_VERSION,
    },
    false,
  );
  if (typeof answer["device_id"] !== "string") throw new Refused(502, "no_device", answer);
  const identity: Identity = {
    device_id: answer["device_id"],
    device_name: deviceName.trim(),
    officer: answer["officer"] as Identity["officer"],
    office: answer["office"] as Identity["office"],
    server_key: answer["server_key"] as Identity["server_key"],
    private_key: key.privateKey,
    enrolled_at: Date.now(),
  };
  await writeSingle("chain", { sequence: 0, previous: null });
  await keepUnlockSecret(answer["unlock_secret"]);
  await saveIdentity(identity);
  await keepOutboxKey(answer["outbox_key"]);
  return identity;
}
