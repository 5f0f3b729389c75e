import { render } from "preact";
import { rememberClock } from "./device/clock";
import { becomeOnlyWriter, isSecure } from "./device/phone";
import { startLanguage } from "./i18n";
import { App, type Start } from "./screens/app";
import { watchIdle } from "./screens/idle";
import { markPractice } from "./screens/practice";
import { watchForUpdates } from "./screens/update";
import { readDevice } from "./store/identity";
import { startPractice } from "./store/practice";
import { isPractice } from "./store/preferences";
import { startSync } from "./sync/engine";
import "./styles/app.css";

declare const __CAMPAIGN__: boolean | undefined;
if (typeof __CAMPAIGN__ !== "undefined" && __CAMPAIGN__) {
  void import("./campaign").then((campaign) => Object.assign(globalThis, { salur: campaign }));
}

const FACES_AFTER_MS = 90_000;

const root = document.getElementById("app");

function show(start: Start): void {
  if (root) render(<App start={start} />, root);
}

async function open(): Promise<void> {
  if (isPractice()) {
    markPractice();
    await startPractice();
  }
  await rememberClock();
  show("ready");
  startSync();
  watchIdle();
  // After the first screen: on a slow line the app comes before its own copy for later.
  setTimeout(() => {
    void watchForUpdates();
    void readDevice().then((device) => {
      if (device)
        void import("./device/scanner").then((scanner) => scanner.keepScanner()).catch(() => null);
    });
  }, 1_000);
  // Twenty megabytes that nobody waits for: once the families' list has had the line for itself.
  setTimeout(() => {
    void readDevice().then((device) => {
      if (device) void import("./sync/face-models").then((faces) => faces.fetchFaces());
    });
  }, FACES_AFTER_MS);
}

await startLanguage();
if (isSecure())
  becomeOnlyWriter(
    () => void open(),
    () => show("other_tab"),
  );
else show("insecure");
