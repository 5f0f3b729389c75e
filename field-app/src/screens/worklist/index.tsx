/** The first screen: what it shows follows from what the phone was leased for. */

import { roleOf } from "../../domain/desks";
import { readWorklistHead } from "../../store/assignments";
import { CheckInHome } from "../check-in/home";
import { useLive } from "../live";
import { PayersList } from "./payer";
import { VerifiersList } from "./verifier";

export function WorklistScreen() {
  const role = useLive(async () => roleOf((await readWorklistHead())?.lease), ["worklist"]);
  if (role === undefined) return null;
  if (role === "check_in") return <CheckInHome />;
  return role === "verifier" ? <VerifiersList /> : <PayersList />;
}
