// Charts are drawn as they come near the screen; Plotly is unpacked when the first one is.
const Charts = (() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrow = matchMedia("(max-width: 40rem)");
  const drawn = new Map();
  let plotly;

  function load() {
    plotly ??= Data.text("plotly").then((source) => {
      const script = document.createElement("script"); // allowed by its hash in the page's policy
      script.textContent = source;
      document.head.append(script);
      if (!window.Plotly) throw new Error("the plotting library did not start");
    });
    return plotly;
  }

  // Figures name the theme's colours as @0…@7, @ink, @muted, @paper, @low, @high.
  function themed(value, style) {
    if (typeof value === "string") {
      if (!/^@\w+$/.test(value)) return value;
      const name = /^@\d$/.test(value) ? `--c${value.slice(1)}` : `--${value.slice(1)}`;
      return style.getPropertyValue(name).trim();
    }
    if (Array.isArray(value)) return value.map((item) => themed(item, style));
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, themed(item, style)]));
  }

  function layoutOf(layout, style) {
    const line = style.getPropertyValue("--line").trim();
    const ink = style.getPropertyValue("--ink").trim();
    const axis = (own = {}) => ({
      gridcolor: line, zerolinecolor: line, linecolor: line, fixedrange: true, automargin: true, ...own,
      title: own.title ? { text: own.title, standoff: 12 } : undefined,
    });
    return {
      showlegend: true, dragmode: false, margin: { l: 8, r: 12, t: 12, b: 8 },
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      font: { color: ink, family: getComputedStyle(document.body).fontFamily, size: narrow.matches ? 11 : 13 },
      hoverlabel: { bgcolor: style.getPropertyValue("--raised").trim(), bordercolor: line, font: { color: ink }, align: "left" },
      ...themed(layout, style), xaxis: axis(themed(layout.xaxis, style)), yaxis: axis(themed(layout.yaxis, style)),
    };
  }

  async function draw(place) {
    const task = place.closest(".task").id;
    const figures = await Data.json(`${task}-figures`);
    const figure = figures[place.dataset.figure];
    await load();
    const style = getComputedStyle(document.documentElement);
    place.classList.add("drawn");
    if (figure.layout.showlegend === undefined) figure.layout.showlegend = figure.data.length > 1;
    await Plotly.react(place, themed(figure.data, style), layoutOf(figure.layout, style), { displayModeBar: false, responsive: true });
    drawn.set(place, figure);
  }

  function start() {
    const watcher = new IntersectionObserver((entries) => {
      for (const { isIntersecting, target } of entries) {
        if (!isIntersecting) continue;
        watcher.unobserve(target);
        draw(target).catch((error) => {
          target.classList.add("drawn");
          target.textContent = `This chart could not be drawn: ${error.message}. The table holds its numbers.`;
        });
      }
    }, { rootMargin: "300px" });
    document.querySelectorAll(".chart").forEach((place) => watcher.observe(place));
    const again = () => [...drawn.keys()].forEach((place) => draw(place));
    dark.addEventListener("change", again);
    narrow.addEventListener("change", again);
  }

  return { start };
})();
