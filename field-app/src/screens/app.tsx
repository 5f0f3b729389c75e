/** Which screen stands for which address, and what comes before any of them. */

import { Component, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { t } from "../i18n";
import { watchLocation } from "../device/location";
import { firstInDoubt } from "../store/progress";
import { readVaultState } from "../store/vault";
import { kick } from "../sync/engine";
import { roleOf, type Role } from "../domain/desks";
import { readWorklistHead } from "../store/assignments";
import { ArriveScreen } from "./check-in/arrive";
import { openGiving } from "./cash-in-hand";
import { CloseScreen } from "./close";
import { AcceptedScreen } from "./desks/accepted";
import { ReleaseScreen } from "./desks/release";
import { SealScreen } from "./desks/seal";
import { GiveScreen } from "./cash/give";
import { TakeScreen } from "./cash/take";
import { Enrol } from "./enrol";
import { FailedScreen } from "./failed";
import { FloatScreen } from "./float";
import { Doubt } from "./handover/doubt";
import { HandOver } from "./handover";
import { HealthScreen } from "./health";
import { HouseScreen, HousesScreen } from "./houses";
import { InstructionsScreen } from "./instructions";
import { useLive, useTopics } from "./live";
import { LeaseOver, useLeaseOver } from "./lease-over";
import { EnrolAnew, Lock } from "./lock";
import { NoticeScreen } from "./notice";
import { Frame } from "./parts/frame";
import { Main, Notice } from "./parts/pieces";
import { OutcomesScreen } from "./outcomes";
import { SetPin } from "./pin";
import { practiceLeft, PracticeFirst } from "./practice";
import { readRoute, replace, type Route } from "./route";
import { QueueScreen } from "./queue";
import { ScanScreen } from "./scan";
import { SearchScreen } from "./search";
import { TellScreen } from "./tell";
import { VisitScreen } from "./visit";
import { WalkInScreen } from "./walk-in";
import { WorklistScreen } from "./worklist";

export type Start = "ready" | "insecure" | "other_tab";

export function App({ start }: { start: Start }) {
  useTopics(["language"]);
  if (start !== "ready") return <BeforeAnything why={start} />;
  return (
    <Guard>
      <Screens />
    </Guard>
  );
}

function Screens() {
  const [route, setRoute] = useState(() => readRoute(location.hash));
  useEffect(() => {
    const follow = (): void => setRoute(readRoute(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const state = useLive(readVaultState, ["vault", "identity"]);
  switch (state) {
    case undefined:
      return null;
    case "new":
      return <Enrol code={route.at === "enrol" ? route.code : ""} />;
    case "needs_pin":
      return <SetPin />;
    case "locked":
      return <Lock />;
    case "wiped":
      return <EnrolAnew why="wiped" />;
    case "open":
      return <Opened route={route} />;
  }
}

/** The PIN is in. First of all: is there cash on the table of which nobody knows where it is? */
function Opened({ route }: { route: Route }) {
  const [asked, setAsked] = useState(false);
  useEffect(() => {
    void Promise.all([firstInDoubt(), openGiving()]).then(([doubt, giving]) => {
      if (doubt) replace({ at: "doubt", id: doubt.visit });
      else if (giving) replace({ at: "give" });
      else if (route.at === "enrol") replace({ at: "worklist" });
      setAsked(true);
      watchLocation();
      kick();
    });
  }, []);
  const over = useLeaseOver();
  const practice = useLive(practiceLeft, ["worklist"]);
  if (!asked || over === undefined || practice === undefined) return null;
  if (practice > 0 && LEASED.includes(route.at)) return <PracticeFirst left={practice} />;
  return over && LEASED.includes(route.at) ? <LeaseOver /> : <Screen route={route} />;
}

/** What shows families of the lease. A hand-over under way may always be ended. */
const LEASED: readonly Route["at"][] = [
  "worklist",
  "search",
  "scan",
  "visit",
  "arrive",
  "queue",
  "notice",
  "houses",
  "house",
];

/** Where a phone without money rights is led instead of to a screen about cash. */
const AT_THE_ENTRANCE = new Set(["worklist", "scan", "search", "arrive", "health"]);
const AT_THE_CASH = new Set([
  "float",
  "close",
  "give",
  "take",
  "queue",
  "seal",
  "release",
  "accepted",
  "walk-in",
]);

function allowed(route: Route, role: Role): Route {
  if (role === "check_in" && !AT_THE_ENTRANCE.has(route.at)) return { at: "worklist" };
  return role === "verifier" && AT_THE_CASH.has(route.at) ? { at: "worklist" } : route;
}

function Screen({ route: asked }: { route: Route }) {
  const role = useLive(async () => roleOf((await readWorklistHead())?.lease), ["worklist"]);
  if (role === undefined) return null;
  const route = allowed(asked, role);
  switch (route.at) {
    case "arrive":
      return <ArriveScreen key={route.id} of={route.id} />;
    case "queue":
      return <QueueScreen />;
    case "walk-in":
      return <WalkInScreen key={route.id} letter={route.id} />;
    case "scan":
      return <ScanScreen />;
    case "search":
      return <SearchScreen />;
    case "give":
      return <GiveScreen />;
    case "take":
      return <TakeScreen />;
    case "close":
      return <CloseScreen />;
    case "health":
      return <HealthScreen />;
    case "release":
      return <ReleaseScreen key={route.id} id={route.id} />;
    case "accepted":
      return <AcceptedScreen key={route.id} id={route.id} />;
    case "seal":
      return <SealScreen />;
    case "outcomes":
      return <OutcomesScreen />;
    case "visit":
      return <VisitScreen key={route.id} id={route.id} />;
    case "pay":
      return <HandOver key={route.id} id={route.id} />;
    case "tell":
      return <TellScreen key={route.id} id={route.id} />;
    case "failed":
      return <FailedScreen key={route.id} id={route.id} />;
    case "doubt":
      return <Doubt key={route.id} id={route.id} />;
    case "float":
      return <FloatScreen key={route.id} id={route.id} />;
    case "house":
      return <HouseScreen key={route.id} id={route.id} />;
    case "notice":
      return <NoticeScreen key={route.id} id={route.id} />;
    case "houses":
      return <HousesScreen />;
    case "instructions":
      return <InstructionsScreen />;
    default:
      return <WorklistScreen />;
  }
}

function BeforeAnything({ why }: { why: "insecure" | "other_tab" }) {
  return (
    <Frame title={t(`app.${why}.title`)} lead={t("app.name")} quiet>
      <div class="stack">
        <h1>{t(`app.${why}.title`)}</h1>
        <p class="answer">{t(`app.${why}.body`)}</p>
      </div>
    </Frame>
  );
}

/** A fault in one screen must not leave an officer before a white page. */
class Guard extends Component<{ children: ComponentChildren }, { fault: string | null }> {
  override state = { fault: null };

  static override getDerivedStateFromError(error: unknown): { fault: string } {
    return { fault: error instanceof Error ? error.message : String(error) };
  }

  override render() {
    const { fault } = this.state;
    if (fault === null) return this.props.children;
    return (
      <Frame
        title={t("app.broken.title")}
        lead={t("app.name")}
        quiet
        footer={<Main onClick={() => location.reload()}>{t("app.reload")}</Main>}
      >
        <div class="stack">
          <h1>{t("app.broken.title")}</h1>
          <Notice tone="attention">{t("app.broken.body", { detail: fault })}</Notice>
        </div>
      </Frame>
    );
  }
}
