/** Where in the app we are, kept in the address so that the phone's own back button works. */

export type Route =
  | { at: "worklist" }
  | { at: "scan" }
  | { at: "search" }
  | { at: "close" }
  | { at: "give" }
  | { at: "take" }
  | { at: "health" }
  | { at: "outcomes" }
  | { at: "seal" }
  | { at: "queue" }
  | { at: "instructions" }
  | { at: "houses" }
  | { at: "enrol"; code: string }
  | {
      at:
        | "visit"
        | "pay"
        | "failed"
        | "doubt"
        | "float"
        | "release"
        | "accepted"
        | "arrive"
        | "walk-in"
        | "house"
        | "notice"
        | "tell";
      id: string;
    };

const WITH_ID = [
  "visit",
  "pay",
  "failed",
  "doubt",
  "float",
  "release",
  "accepted",
  "arrive",
  "walk-in",
  "house",
  "notice",
  "tell",
] as const;
const PLAIN = [
  "scan",
  "search",
  "close",
  "give",
  "take",
  "health",
  "outcomes",
  "seal",
  "queue",
  "instructions",
  "houses",
] as const;

export function readRoute(hash: string): Route {
  const [first = "", second = ""] = hash.replace(/^#\/?/, "").split("/").map(decodeURIComponent);
  if (first === "enrol") return { at: "enrol", code: second };
  for (const at of WITH_ID) if (at === first && second) return { at, id: second };
  for (const at of PLAIN) if (at === first) return { at };
  return { at: "worklist" };
}

export function address(route: Route): string {
  if (route.at === "worklist") return "#/";
  if (route.at === "enrol") return `#/enrol/${encodeURIComponent(route.code)}`;
  return "id" in route ? `#/${route.at}/${encodeURIComponent(route.id)}` : `#/${route.at}`;
}

export function go(route: Route): void {
  location.hash = address(route);
}

/** For a step that one must not come back to, such as a hand-over that has ended. */
export function replace(route: Route): void {
  history.replaceState(null, "", address(route));
  dispatchEvent(new HashChangeEvent("hashchange"));
}
