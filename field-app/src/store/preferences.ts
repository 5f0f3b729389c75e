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
