/** The first screen: what it shows follows from what the phone was leased for. */

import { roleOf } from "../../domain/desks";
import { readVisits, readWorklistHead } from "../../store/assignments";
import { CheckInHome } from "../check-in/home";
import { useLive } from "../live";
import { DoorstepList } from "./doorstep";
import { PayersList } from "./payer";
import { VerifiersList } from "./verifier";

export function WorklistScreen() {
  const shown = useLive(
    async () => ({ role: roleOf((await readWorklistHead())?.lease), visits: await readVisits() }),
    ["worklist"],
  );
  if (!shown) return null;
  const { role, visits } = shown;
  if (role === "check_in") return <CheckInHome />;
  if (role === "verifier") return <VerifiersList />;
  const doorstep = visits.length > 0 && visits.every(({ channel }) => channel === "doorstep");
  return doorstep ? <DoorstepList /> : <PayersList />;
}
