/** Where the houses of a round stand, to scale, north on top: a sketch that needs no network. */

import { useId } from "preact/hooks";
import type { Place } from "../../domain/worklist";
import { sayMetres, sketchOf } from "../../domain/round";
import { t } from "../../i18n";

export interface House {
  readonly id: string;
  readonly place: Place;
  readonly state: "next" | "waiting" | "done";
}

const WIDTH = 340;
const HEIGHT = 200;

export function RoundSketch({ houses, here }: { houses: readonly House[]; here: Place | null }) {
  const title = useId();
  const sketch = sketchOf(houses, here, WIDTH, HEIGHT);
  if (!sketch) return null;
  const state = new Map(houses.map((house) => [house.id, house.state]));
  const path = sketch.dots.map(({ x, y }) => `${x},${y}`).join(" ");
  const bar = sayMetres(sketch.barMetres);
  return (
    <svg class="sketch" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-labelledby={title}>
      <title id={title}>{t("round.sketch", { n: houses.length })}</title>
      <polyline class="sketch-way" points={path} />
      {sketch.dots.map(({ id, x, y }, i) => (
        <g key={id} class={`sketch-house sketch-${state.get(id) ?? "waiting"}`}>
          <circle cx={x} cy={y} r={state.get(id) === "next" ? 12 : 9} />
          <text x={x} y={y + 4}>
            {state.get(id) === "done" ? "✓" : i + 1}
          </text>
        </g>
      ))}
      {sketch.here && (
        <g class="sketch-here">
          <circle cx={sketch.here.x} cy={sketch.here.y} r="6" />
          <text x={sketch.here.x} y={sketch.here.y - 10}>
            {t("round.here")}
          </text>
        </g>
      )}
      <g class="sketch-bar">
        <path d={`M10 ${HEIGHT - 14}v6h${WIDTH / 4}v-6`} />
        <text x={16 + WIDTH / 4} y={HEIGHT - 8}>
          {bar.value} {bar.unit}
        </text>
      </g>
    </svg>
  );
}
