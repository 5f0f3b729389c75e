/** Words of the back office: which are new to the officer, and whether they ask to stop. */

import type { Instruction } from "./worklist";

/**
 * The newest stop or resume decides. A stop asks that no new hand-over begins; one that has begun is
 * ended, because its notes are on the table.
 */
export function stopInForce(instructions: readonly Instruction[]): Instruction | null {
  const newest = instructions
    .filter(({ kind }) => kind === "stop" || kind === "resume")
    .sort((a, b) => (a.at < b.at ? -1 : 1))
    .at(-1);
  return newest?.kind === "stop" ? newest : null;
}

export const unread = (
  instructions: readonly Instruction[],
  seen: ReadonlySet<string>,
): Instruction[] => instructions.filter(({ id }) => !seen.has(id));
