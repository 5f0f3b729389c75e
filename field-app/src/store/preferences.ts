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

const PRACTICE = "practice";

/** Whether this window is for practising: until it is closed, or practice is ended. */
export function isPractice(): boolean {
  try {
    return sessionStorage.getItem(PRACTICE) === "1";
  } catch {
    return false;
  }
}

export function setPractice(on: boolean): void {
  try {
    if (on) sessionStorage.setItem(PRACTICE, "1");
    else sessionStorage.removeItem(PRACTICE);
  } catch {
    // Without it the app simply stays what it is.
  }
}

/** How many hand-overs were practised on this phone. */
export function readPractised(): number {
  try {
    return Number(localStorage.getItem("practised")) || 0;
  } catch {
    return 0;
  }
}

export function savePractised(count: number): void {
  try {
    localStorage.setItem("practised", String(Math.max(count, readPractised())));
  } catch {
    // It is asked for again then.
  }
}
