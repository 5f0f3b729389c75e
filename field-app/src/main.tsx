import { render } from "preact";
import { rememberClock } from "./device/clock";
import { watchLocation } from "./device/location";
import { becomeOnlyWriter, isSecure } from "./device/phone";
import { startLanguage } from "./i18n";
import { App, type Start } from "./screens/app";
import { replace } from "./screens/route";
import { watchForUpdates } from "./screens/update";
import { readIdentity } from "./store/identity";
import { firstInDoubt } from "./store/progress";
import { startSync } from "./sync/engine";
import "./styles/app.css";

const root = document.getElementById("app");

function show(start: Start): void {
  if (root) render(<App start={start} />, root);
}

async function open(): Promise<void> {
  await rememberClock();
  const doubt = await firstInDoubt();
  if (doubt) replace({ at: "doubt", id: doubt.visit });
  show("ready");
  startSync();
  const enrolled = (await readIdentity()) !== null;
  if (enrolled) watchLocation();
  // After the first screen: on a slow line the app comes before its own copy for later.
  setTimeout(() => {
    void watchForUpdates();
    if (enrolled)
      void import("./device/scanner").then((scanner) => scanner.keepScanner()).catch(() => null);
  }, 1_000);
}

await startLanguage();
if (isSecure())
  becomeOnlyWriter(
    () => void open(),
    () => show("other_tab"),
  );
else show("insecure");
