/** What this phone is able to keep and to do. */

/** One tab writes. A second one waits here until the first is closed. */
export function becomeOnlyWriter(onGranted: () => void, onBusy: () => void): void {
  if (!navigator.locks) {
    onGranted();
    return;
  }
  const never = new Promise<void>(() => undefined);
  void navigator.locks.request("salur-writer", { ifAvailable: true }, (lock) => {
    if (lock) {
      onGranted();
      return never;
    }
    onBusy();
    void navigator.locks.request("salur-writer", () => {
      onGranted();
      return never;
    });
    return undefined;
  });
}

/** Asks the browser never to clear the outbox; says whether it promised. */
export async function keepForever(): Promise<boolean> {
  try {
    if (await navigator.storage.persisted()) return true;
    return await navigator.storage.persist();
  } catch {
    return false;
  }
}

export interface Room {
  readonly usedBytes: number;
  readonly freeBytes: number;
  readonly kept: boolean;
}

export async function storageRoom(): Promise<Room | null> {
  try {
    const { usage = 0, quota = 0 } = await navigator.storage.estimate();
    const kept = await navigator.storage.persisted();
    return { usedBytes: usage, freeBytes: Math.max(0, quota - usage), kept };
  } catch {
    return null;
  }
}

/** Below this a day's photos may not fit; the officer is told before the work starts. */
export const LITTLE_ROOM_BYTES = 200 * 1024 * 1024;

export const isStorageFull = (error: unknown): boolean =>
  error instanceof DOMException && error.name === "QuotaExceededError";

/** Signing keys and cameras exist only on HTTPS addresses and on this machine itself. */
export const isSecure = (): boolean => window.isSecureContext && crypto.subtle !== undefined;

/** 0–100; null where the browser does not say. */
export async function batteryPercent(): Promise<number | null> {
  try {
    const asked = (navigator as { getBattery?: () => Promise<{ level: number }> }).getBattery;
    const battery = await asked?.call(navigator);
    return battery ? Math.round(battery.level * 100) : null;
  } catch {
    return null;
  }
}
