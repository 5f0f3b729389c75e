/** Cash that is being given to another officer: kept until it is known whether it was taken. */

import type { Giving } from "../domain/passing";
import { changed } from "./changes";
import { change, readPaper } from "./records";

export const readGiving = (): Giving | null => readPaper("giving");

export async function saveGiving(giving: Giving | null): Promise<void> {
  await change((draft) => draft.paper("giving", giving));
  changed("progress");
}
