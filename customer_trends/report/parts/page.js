// Draws every chart in its place, in the look that the reader's device prefers; nothing is fetched.
(() => {
  const specifications = JSON.parse(document.getElementById("specifications").textContent);
  const looks = JSON.parse(document.getElementById("looks").textContent);
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const narrow = 480;

  const fit = (specification, place) => {
    const fitted = { ...specification, width: place.clientWidth, autosize: { type: "fit-x", contains: "padding" } };
    const first = (specification.layer || [specification])[0];
    // The look decides how many columns a legend has on a phone.
    if (place.clientWidth < narrow && fitted.encoding?.color?.legend) {
      const { columns, ...legend } = fitted.encoding.color.legend;
      fitted.encoding = { ...fitted.encoding, color: { ...fitted.encoding.color, legend } };
    }
    // A map keeps its shape.
    if (first.projection) fitted.height = Math.round(place.clientWidth * 0.58);
    return fitted;
  };

  const choose = (place) => {
    const look = structuredClone(dark.matches ? looks.dark : looks.light);
    look.background = "transparent";
    if (place.clientWidth < narrow) {
      look.axis.labelLimit = 105;
      look.axis.labelFontSize = 11;
      look.axisXDiscrete = { labelAngle: -40, labelAlign: "right", labelOverlap: true };
      look.legend.columns = place.clientWidth < narrow * 0.85 ? 1 : 2;
    }
    return look;
  };

  const draw = async () => {
    for (const [name, specification] of Object.entries(specifications)) {
      const place = document.getElementById(`live-${name}`);
      try {
        await vegaEmbed(place, fit(specification, place), {
          mode: "vega-lite",
          renderer: "svg",
          config: choose(place),
          actions: { export: true, source: false, compiled: false, editor: false },
          downloadFileName: name,
          tooltip: { theme: dark.matches ? "dark" : "light" },
        });
      } catch (error) {
        place.textContent = `This chart cannot be drawn: ${error.message}`;
        throw error;
      }
    }
    document.documentElement.dataset.drawn = "yes";
  };

  document.documentElement.classList.add("scripted");
  dark.addEventListener("change", draw);
  let width = window.innerWidth;
  let waiting;
  window.addEventListener("resize", () => {
    if (window.innerWidth === width) return;
    width = window.innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(draw, 200);
  });
  draw();
})();
