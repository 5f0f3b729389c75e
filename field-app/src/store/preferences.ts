/** The few things that must be known before the database is open. */

export type Language = "id" | "en";

export function readLanguage(): Language {
  try {
    return localStorage.getItem("language") === "en" ? "en" : "id";
  } catch {
    return "id";
  }
}

export function saveLanguage(language: Language): void {
  try {
    localStorage.setItem("language", language);
  } catch {
    // A browser that keeps nothing still shows the chosen language until it is closed.
  }
}

export const LOCK_MINUTES = [1, 5, 15] as const;

/** After how long out of sight the PIN is asked for again. */
export function readLockMinutes(): number {
  try {
    const kept = Number(localStorage.getItem("lock_minutes"));
    return (LOCK_MINUTES as readonly number[]).includes(kept) ? kept : 5;
  } catch {
    return 5;
  }
}

export function saveLockMinutes(minutes: number): void {
  try {
    localStorage.setItem("lock_minutes", String(minutes));
  } catch {
    // The usual time then.
  }
}
