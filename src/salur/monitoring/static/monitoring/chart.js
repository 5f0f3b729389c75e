// Actual against plan by day; the same figures stand in the table under the chart.
const holder = document.getElementById("kurva");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const number = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+(?!\d))/g, ".");
const DAY = 24 * 60 * 60 * 1000;

const option = (data) => {
  const at = (day) => Date.parse(`${day}T00:00:00Z`);
  const planned = data.days.map((day, i) => [at(day), data.planned[i]]);
  const paid = data.days.map((day, i) => [at(day), data.paid[i]]).filter(([, v]) => v !== null);
  const start = at(data.days[0]) - DAY;
  planned.unshift([start, 0]);
  paid.unshift([start, 0]);
  const last = paid[paid.length - 1];
  const series = [
    {
      name: data.words.planned,
      type: "line",
      data: planned,
      symbol: "none",
      lineStyle: { color: colour("--bar-quiet"), width: 2, type: [4, 4] },
      itemStyle: { color: colour("--bar-quiet") },
      z: 2,
    },
    {
      name: data.words.paid,
      type: "line",
      data: paid,
      symbol: "none",
      lineStyle: { color: colour("--accent"), width: 3, cap: "round", join: "round" },
      itemStyle: { color: colour("--accent") },
      markPoint: {
        symbol: "circle",
        symbolSize: 9,
        label: { show: false },
        silent: true,
        data: [{ coord: last, itemStyle: { color: colour("--accent") } }],
      },
      z: 4,
    },
  ];
  if (data.finish && data.finish.latest !== data.finish.earliest && last[1] < data.whole) {
    const [early, late] = [at(data.finish.earliest), at(data.finish.latest)];
    const steps = Array.from({ length: 25 }, (_, i) => last[0] + ((late - last[0]) * i) / 24);
    const toward = (end) => (moment) =>
      last[1] + (data.whole - last[1]) * Math.min(1, (moment - last[0]) / Math.max(DAY, end - last[0]));
    const low = steps.map(toward(late));
    const high = steps.map(toward(early));
    const quiet = { type: "line", symbol: "none", silent: true, lineStyle: { width: 0 }, z: 1, tooltip: { show: false } };
    series.push(
      { ...quiet, name: "low", stack: "band", stackStrategy: "all", data: steps.map((x, i) => [x, low[i]]) },
      {
        ...quiet,
        name: "band",
        stack: "band",
        stackStrategy: "all",
        areaStyle: { color: colour("--band"), opacity: 1 },
        data: steps.map((x, i) => [x, high[i] - low[i]]),
      },
    );
  }
  const ends = [start, Math.max(at(data.days[data.days.length - 1]), data.finish ? at(data.finish.latest) : 0)];
  const short = new Intl.DateTimeFormat(document.documentElement.lang, { day: "numeric", month: "short", timeZone: "UTC" });
  return {
    animation: false,
    grid: { left: 4, right: 12, top: 10, bottom: 24 },
    textStyle: { fontFamily: colour("--font") },
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      confine: true,
      backgroundColor: colour("--surface"),
      borderColor: colour("--line"),
      padding: [6, 10],
      textStyle: { color: colour("--ink"), fontSize: 12, fontFamily: colour("--font") },
      axisPointer: { lineStyle: { color: colour("--line-strong"), type: "solid" } },
      formatter: (points) => {
        const shown = points.filter((point) => !["low", "band"].includes(point.seriesName));
        if (!shown.length) return "";
        const index = data.days.findIndex((day) => at(day) === shown[0].value[0]);
        const lines = shown.map((point) => `${point.seriesName}  ${number(point.value[1])}`);
        return [index < 0 ? "" : data.labels[index], ...lines].filter(Boolean).join("\n");
      },
    },
    xAxis: {
      type: "time",
      min: ends[0],
      max: ends[1],
      axisLine: { lineStyle: { color: colour("--line") } },
      axisTick: { show: false },
      splitLine: { show: false },
      axisLabel: {
        color: colour("--muted"),
        fontSize: 12,
        fontFamily: colour("--font"),
        customValues: [ends[0] + DAY, ends[1]],
        alignMinLabel: "left",
        alignMaxLabel: "right",
        formatter: (value) => short.format(value),
      },
    },
    yAxis: {
      type: "value",
      min: 0,
      max: Math.max(data.whole, ...data.planned, 1),
      interval: Math.max(data.whole, ...data.planned, 1) / 2,
      axisLabel: { show: false },
      splitLine: { lineStyle: { color: colour("--line") } },
    },
    series,
  };
};

const draw = async () => {
  const source = () => document.getElementById("live-days");
  const read = () => JSON.parse(source().dataset.chart);
  if (!read().days.length) {
    holder.hidden = true;
    return;
  }
  const { init } = await import(new URL(holder.dataset.library, location.href).href);
  const chart = init(holder, null, { renderer: "canvas" });
  let last = "";
  const show = () => {
    const text = source().dataset.chart;
    if (text === last) return;
    last = text;
    const data = JSON.parse(text);
    if (data.days.length) chart.setOption(option(data), true);
  };
  show();
  document.addEventListener("htmx:oobAfterSwap", show);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
    last = "";
    show();
  });
  new ResizeObserver(() => chart.resize()).observe(holder);
  holder.dataset.drawn = "true";
};

if (holder) draw();
