/** A new version waits until the officer asks for it: never a reload with cash on the table. */

import { changed } from "../store/changes";

let install: (() => void) | null = null;

/** Installs the new version when called; null when there is none. */
export const waitingUpdate = (): (() => void) | null => install;

export async function watchForUpdates(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const { registerSW } = await import("virtual:pwa-register");
  const update = registerSW({
    onNeedRefresh() {
      install = () => void update(true);
      changed("sync");
    },
  });
}
