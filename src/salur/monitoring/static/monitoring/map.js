// The map draws what the table says: shares and links are read from its rows, so that a refreshed
// table refreshes the map, and nothing is on the map that is not in the table.
const holder = document.getElementById("peta");
const CLASSES = [0, 1, 2, 3, 4, 5, 6];
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const rows = () => {
  const found = new Map();
  for (const row of document.querySelectorAll("#live-table tr[data-code]")) {
    found.set(row.dataset.code, row.dataset);
  }
  return found;
};

const hatch = () => {
  const size = 8;
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = size;
  const pen = canvas.getContext("2d");
  pen.fillStyle = colour("--map-none");
  pen.fillRect(0, 0, size, size);
  pen.strokeStyle = colour("--map-hatch");
  pen.lineWidth = 1.4;
  pen.beginPath();
  for (const shift of [-size, 0, size]) {
    pen.moveTo(shift, size);
    pen.lineTo(shift + size, 0);
  }
  pen.stroke();
  return pen.getImageData(0, 0, size, size);
};

const boundsOf = (shapes) => {
  const bounds = [180, 90, -180, -90];
  const visit = (value) => {
    if (typeof value[0] === "number") {
      bounds[0] = Math.min(bounds[0], value[0]);
      bounds[1] = Math.min(bounds[1], value[1]);
      bounds[2] = Math.max(bounds[2], value[0]);
      bounds[3] = Math.max(bounds[3], value[1]);
    } else value.forEach(visit);
  };
  for (const shape of shapes.features) visit(shape.geometry.coordinates);
  const pad = bounds[0] === bounds[2] ? 0.2 : 0;
  return [
    [bounds[0] - pad, bounds[1] - pad],
    [bounds[2] + pad, bounds[3] + pad],
  ];
};

const give_up = () => {
  holder.classList.add("is-missing");
  holder.innerHTML = "";
  const note = document.createElement("p");
  note.className = "map-missing";
  note.textContent = holder.dataset.missing;
  holder.append(note);
};

const draw = async () => {
  const absolute = (address) => new URL(address, location.href).href;
  const [{ Map: Chart, setWorkerUrl }, answer] = await Promise.all([
    import(absolute(holder.dataset.library)),
    fetch(holder.dataset.shapes, { credentials: "same-origin" }),
  ]);
  const shapes = await answer.json();
  if (!shapes.features.length) {
    holder.closest("figure").hidden = true;
    return;
  }
  setWorkerUrl(absolute(holder.dataset.worker));
  const chart = new Chart({
    container: holder,
    style: { version: 8, sources: {}, layers: [] },
    bounds: boundsOf(shapes),
    fitBoundsOptions: { padding: 12, animate: false },
    interactive: false,
    attributionControl: false,
    fadeDuration: 0,
    renderWorldCopies: false,
    canvasContextAttributes: { preserveDrawingBuffer: true },
  });
  const canvas = chart.getCanvas();
  canvas.tabIndex = -1;
  canvas.removeAttribute("role");
  canvas.removeAttribute("aria-label");
  canvas.setAttribute("aria-hidden", "true");
  await new Promise((ready) => chart.once("load", ready));

  const classOf = ["coalesce", ["get", "class"], 0];
  const fills = () => [
    "match",
    classOf,
    ...CLASSES.slice(1).flatMap((n) => [n, colour(`--map-${n}`)]),
    colour("--map-none"),
  ];
  const valued = () => {
    const known = rows();
    return {
      type: "FeatureCollection",
      features: shapes.features.map((shape) => ({
        ...shape,
        properties: {
          ...shape.properties,
          class: Number(known.get(shape.properties.code)?.class ?? 0),
        },
      })),
    };
  };
  chart.addSource("areas", { type: "geojson", data: valued() });
  chart.addImage("hatch", hatch(), { pixelRatio: 2 });
  const polygons = ["match", ["geometry-type"], ["Polygon", "MultiPolygon"], true, false];
  chart.addLayer({
    id: "areas",
    type: "fill",
    source: "areas",
    filter: ["all", polygons, [">", classOf, 0]],
    paint: { "fill-color": fills(), "fill-antialias": true },
  });
  chart.addLayer({
    id: "nothing",
    type: "fill",
    source: "areas",
    filter: ["all", polygons, ["==", classOf, 0]],
    paint: { "fill-pattern": "hatch" },
  });
  chart.addLayer({
    id: "edges",
    type: "line",
    source: "areas",
    filter: polygons,
    paint: { "line-color": colour("--map-edge"), "line-width": 0.8 },
  });
  chart.addLayer({
    id: "points",
    type: "circle",
    source: "areas",
    filter: ["==", ["geometry-type"], "Point"],
    paint: {
      "circle-color": fills(),
      "circle-radius": 7,
      "circle-stroke-color": colour("--map-edge"),
      "circle-stroke-width": 1.5,
    },
  });
  chart.addLayer({
    id: "chosen",
    type: "line",
    source: "areas",
    filter: ["==", ["get", "code"], ""],
    paint: { "line-color": colour("--ink"), "line-width": 1.6 },
  });

  const label = document.createElement("div");
  label.className = "map-label";
  label.hidden = true;
  holder.append(label);
  const areaAt = (event) => {
    const box = canvas.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top];
    return chart.queryRenderedFeatures(at, { layers: ["points", "areas", "nothing"] })[0];
  };
  const leave = () => {
    label.hidden = true;
    canvas.style.cursor = "";
    chart.setFilter("chosen", ["==", ["get", "code"], ""]);
  };
  canvas.addEventListener("mousemove", (event) => {
    const area = areaAt(event);
    if (!area) return leave();
    const row = rows().get(area.properties.code);
    const name = document.createElement("strong");
    name.textContent = row?.name ?? area.properties.name;
    label.replaceChildren(name, row?.text ?? "");
    label.hidden = false;
    const box = holder.getBoundingClientRect();
    const x = event.clientX - box.left;
    label.style.top = `${event.clientY - box.top + 14}px`;
    label.style.left = `${Math.min(x + 12, box.width - label.offsetWidth - 4)}px`;
    canvas.style.cursor = row ? "pointer" : "";
    chart.setFilter("chosen", ["==", ["get", "code"], area.properties.code]);
  });
  canvas.addEventListener("mouseleave", leave);
  canvas.addEventListener("click", (event) => {
    const row = rows().get(areaAt(event)?.properties.code);
    if (row) location.assign(row.url);
  });

  const repaint = () => {
    chart.updateImage("hatch", hatch());
    chart.setPaintProperty("areas", "fill-color", fills());
    chart.setPaintProperty("points", "circle-color", fills());
    chart.setPaintProperty("points", "circle-stroke-color", colour("--map-edge"));
    chart.setPaintProperty("edges", "line-color", colour("--map-edge"));
    chart.setPaintProperty("chosen", "line-color", colour("--ink"));
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
  let last = "";
  document.addEventListener("htmx:oobAfterSwap", () => {
    const now = JSON.stringify([...rows()].map(([code, row]) => [code, row.class]));
    if (now === last) return;
    last = now;
    chart.getSource("areas").setData(valued());
  });
  new ResizeObserver(() =>
    chart.fitBounds(boundsOf(shapes), { padding: 12, animate: false }),
  ).observe(holder);
  chart.once("idle", () => (holder.dataset.drawn = "true"));
};

if (holder) draw().catch(give_up);
