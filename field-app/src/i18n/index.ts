/** Every word on the screen. Indonesian is written first and always there; English is fetched. */

import { changed } from "../store/changes";
import { readLanguage, saveLanguage, type Language } from "../store/preferences";
import indonesian from "./id.json";

export type Key = keyof typeof indonesian;
type Words = Readonly<Record<Key, string>>;

let language: Language = "id";
let words: Words = indonesian;

export const currentLanguage = (): Language => language;

async function load(wanted: Language): Promise<void> {
  words = wanted === "en" ? ((await import("./en.json")).default as Words) : indonesian;
  language = wanted;
  document.documentElement.lang = wanted;
}

/** At start: the language that was chosen last. Without its file, Indonesian. */
export async function startLanguage(): Promise<void> {
  await load(readLanguage()).catch(() => load("id"));
}

export async function chooseLanguage(wanted: Language): Promise<void> {
  await load(wanted);
  saveLanguage(wanted);
  changed("language");
}

export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}

/** A word that the server names by a code; `otherwise` where this app does not know the code. */
export function coded(prefix: string, code: string, otherwise: Key): string {
  const key = `${prefix}.${code}`;
  return key in words ? t(key as Key) : t(otherwise);
}

/** What the family reads is Indonesian, whatever the officer has chosen. */
export function forFamily(key: Key): string {
  return indonesian[key];
}

const ZONE_NAMES: Readonly<Record<string, string>> = {
  "Asia/Jakarta": "WIB",
  "Asia/Pontianak": "WIB",
  "Asia/Makassar": "WITA",
  "Asia/Jayapura": "WIT",
};

const zoneOf = (zone: string): string =>
  Object.entries(ZONE_NAMES).find(([, short]) => short === zone)?.[0] ?? zone;

function parts(moment: string | number, zone: string): Record<string, string> {
  const options: Intl.DateTimeFormatOptions = {
    timeZone: zoneOf(zone),
    weekday: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  };
  const found = new Intl.DateTimeFormat("en-GB", options).formatToParts(new Date(moment));
  return Object.fromEntries(found.map(({ type, value }) => [type, value]));
}

/** `08.30`, in the zone of the place. */
export function clockTime(moment: string | number, zone: string): string {
  const { hour = "", minute = "" } = parts(moment, zone);
  return `${hour}${t("time.separator")}${minute}`;
}

const DAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

/** `Sen 30 Nov 2026`. */
export function day(moment: string | number, zone: string): string {
  const { weekday = "", day: date = "", month = "", year = "" } = parts(moment, zone);
  const name = t("day.short").split(" ")[DAYS.indexOf(weekday)] ?? weekday;
  const monthName = t("month.short").split(" ")[Number(month) - 1] ?? month;
  return `${name} ${date} ${monthName} ${year}`;
}

/** `Sen 30 Nov 2026, 08.30 WIB`. */
export function dayAndTime(moment: string | number, zone: string): string {
  const short = ZONE_NAMES[zoneOf(zone)] ?? "";
  return `${day(moment, zone)}, ${clockTime(moment, zone)} ${short}`.trim();
}
