/** The first screen: what it shows follows from what the phone was leased for. */

import { PayersList } from "./payer";

export function WorklistScreen() {
  return <PayersList />;
}
