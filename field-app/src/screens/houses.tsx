/** Houses of families that were paid at a counter: photographed and located later, without money. */

import { useEffect, useState } from "preact/hooks";
import { positionNow } from "../device/location";
import type { EvidenceRef, Position } from "../domain/events";
import type { HouseToVisit } from "../domain/worklist";
import { t } from "../i18n";
import { readWorklistHead } from "../store/assignments";
import { allEvents } from "../store/outbox";
import { locateHouse } from "./acts";
import { useLive } from "./live";
import { useCapture } from "./parts/camera-view";
import { Frame } from "./parts/frame";
import { Icon } from "./parts/icons";
import { Main, Notice, Second } from "./parts/pieces";
import { EvidencePicture } from "./parts/picture";
import { address, replace } from "./route";

/** Good enough to find the house again from the road. */
const GOOD_METRES = 30;

async function readHouses() {
  const [head, events] = await Promise.all([readWorklistHead(), allEvents()]);
  const done = new Set(
    events.filter(({ kind }) => kind === "geotag").map((event) => event.visit ?? ""),
  );
  return { houses: head?.geotags ?? [], done };
}

export function HousesScreen() {
  const shown = useLive(readHouses, ["worklist", "outbox", "language"]);
  if (!shown) return null;
  const { houses, done } = shown;
  const villages = [...new Set(houses.map(({ village }) => village))];
  const left = houses.filter(({ visit }) => !done.has(visit)).length;
  return (
    <Frame title={t("houses.title")} back={{ at: "worklist" }}>
      <h1>{t("houses.title")}</h1>
      <p class="answer">{t("houses.answer", { done: houses.length - left, all: houses.length })}</p>
      <progress class="share" max={houses.length} value={houses.length - left} />
      <p class="hint">{t("houses.no_money")}</p>
      {villages.map((village) => (
        <section key={village} class="group">
          <h2>{village}</h2>
          <ul class="rows">
            {houses
              .filter((house) => house.village === village)
              .map((house) => (
                <li key={house.visit}>
                  <HouseRow house={house} done={done.has(house.visit)} />
                </li>
              ))}
          </ul>
        </section>
      ))}
    </Frame>
  );
}

function HouseRow({ house, done }: { house: HouseToVisit; done: boolean }) {
  return (
    <a class="row" href={address({ at: "house", id: house.visit })}>
      <span class="row-name">
        {house.name}
        <span class="row-detail">
          {done ? (
            <span class="proof proof-saved">
              <Icon name="check" size={18} />
              {t("houses.done")}
            </span>
          ) : (
            house.address
          )}
        </span>
      </span>
      <Icon name="chevron-right" />
    </a>
  );
}

export function HouseScreen({ id }: { id: string }) {
  const shown = useLive(readHouses, ["worklist", "outbox", "language"], [id]);
  const [photo, setPhoto] = useState<EvidenceRef | null>(null);
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState(false);
  const position = usePosition();
  const capture = useCapture({
    kind: "house",
    shape: "scene",
    hint: t("house.hint"),
    action: t("house.take"),
    onTaken: setPhoto,
    onSkip: () => replace({ at: "houses" }),
  });
  if (!shown) return null;
  const house = shown.houses.find(({ visit }) => visit === id);
  if (!house) return <HousesScreen />;
  const title = t("houses.of", { name: house.name });
  const save = async (): Promise<void> => {
    if (busy || !photo || !position) return;
    setBusy(true);
    try {
      await locateHouse(house.visit, photo, position);
      replace({ at: "houses" });
    } catch {
      setFailed(true);
      setBusy(false);
    }
  };
  return (
    <Frame
      title={title}
      lead={`${house.village} ${house.address}`}
      back={{ at: "houses" }}
      footer={
        photo ? (
          <>
            {failed && <Notice tone="danger">{t("app.not_saved")}</Notice>}
            <Second onClick={() => setPhoto(null)}>{t("houses.again")}</Second>
            <Main onClick={() => void save()} busy={busy} disabled={!position}>
              {t("houses.save")}
            </Main>
          </>
        ) : (
          capture.footer
        )
      }
    >
      <div class="stack">
        <h1>{title}</h1>
        {photo ? <EvidencePicture reference={photo} shape="scene" /> : capture.body}
        <WhereNow position={position} />
      </div>
    </Frame>
  );
}

/** The phone's place, looked at again every second while the officer stands there. */
function usePosition(): Position | null {
  const [position, setPosition] = useState(positionNow);
  useEffect(() => {
    const timer = setInterval(() => setPosition(positionNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return position;
}

function WhereNow({ position }: { position: Position | null }) {
  if (!position) {
    return <Notice tone="attention">{t("houses.no_fix")}</Notice>;
  }
  const good = position.accuracy_m <= GOOD_METRES;
  return (
    <Notice tone={good ? "good" : "plain"}>
      {t(good ? "houses.fix" : "houses.rough_fix", { m: position.accuracy_m })}
    </Notice>
  );
}
