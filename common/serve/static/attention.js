// Attention along a sequence: an area to hover over, or to walk along with the arrow keys.
import { draw, make } from "./dom.js";

const HEIGHT = 176, LEFT = 54, RIGHT = 10, TOP = 10, BOTTOM = 26;
const AROUND = 15;

export const short = (value) => (value === 0 ? "0" : value >= 0.001 ? value.toFixed(4) : value.toExponential(1));

// Round positions that divide a length into about this many parts.
export function ticks(length, parts) {
  const rough = Math.max(length / parts, 1), power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((by) => by * power).find((by) => by >= rough);
  const found = [1];
  for (let place = step; place <= length; place += step) if (place > 1 && place > 0.35 * step) found.push(place);
  return found;
}

// Outline of one step a position, or of the highest of the positions that share a pixel.
function outline(weights, x, y) {
  const per = Math.max(1, Math.ceil(weights.length / (x(weights.length) - x(0))));
  let path = `M${x(0)},${y(0)}`;
  for (let start = 0; start < weights.length; start += per) {
    const end = Math.min(start + per, weights.length);
    let high = 0;
    for (let place = start; place < end; place += 1) high = Math.max(high, weights[place]);
    path += `V${y(high).toFixed(2)}H${x(end).toFixed(2)}`;
  }
  return `${path}V${y(0)}Z`;
}

function letters(result, place, high) {
  const box = make("span", { class: "letters", "aria-hidden": "true" });
  for (let at = place - AROUND; at <= place + AROUND; at += 1) {
    const inside = at >= 0 && at < result.length;
    const letter = make("span", { class: at === place && "here" }, inside ? result.sequence[at] : " ");
    if (inside && high > 0) {
      const share = Math.round(100 * result.attention_weights[at] / high);
      letter.style.background = `color-mix(in srgb, var(--look-soft) ${share}%, transparent)`;
    }
    box.append(letter);
  }
  return box;
}

export function attention(result) {
  const weights = result.attention_weights, length = weights.length;
  const high = weights.reduce((most, value) => Math.max(most, value), 0), mean = 1 / length;
  const unit = `Attention along ${result.id}`;
  const svg = draw("svg", { role: "slider", tabindex: 0, "aria-label": unit, "aria-valuemin": 1, "aria-valuemax": length });
  const readout = make("div", { class: "readout" });
  let width = 0, chosen = result.attention.length ? result.attention[0] - 1 : 0;
  const x = (place) => LEFT + (width - LEFT - RIGHT) * place / length;
  const y = (value) => HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (high ? value / high : 0);
  const cursor = draw("line", { class: "cursor", y1: TOP, y2: HEIGHT - BOTTOM });
  const dot = draw("circle", { class: "dot", r: 4 });

  function point(place) {
    chosen = Math.min(Math.max(place, 0), length - 1);
    const middle = x(chosen + 0.5), value = weights[chosen];
    for (const end of ["x1", "x2"]) cursor.setAttribute(end, middle);
    dot.setAttribute("cx", middle);
    dot.setAttribute("cy", y(value));
    const text = `${result.sequence[chosen]} ${(chosen + 1).toLocaleString("en")}: ${short(value)}, ${(value / mean).toFixed(1)} × the mean`;
    svg.setAttribute("aria-valuenow", chosen + 1);
    svg.setAttribute("aria-valuetext", text);
    readout.replaceChildren(letters(result, chosen, high), make("span", { class: "told" }, text));
  }

  function redraw() {
    width = svg.getBoundingClientRect().width;
    if (!width) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${HEIGHT}`);
    const base = HEIGHT - BOTTOM;
    const marks = ticks(length, Math.max(2, Math.floor(width / 90))).flatMap((place) => [
      draw("line", { class: "axis", x1: x(place - 0.5), x2: x(place - 0.5), y1: base, y2: base + 4 }),
      draw("text", { x: x(place - 0.5), y: base + 18, "text-anchor": "middle" }, place.toLocaleString("en")),
    ]);
    const heights = high ? [0, high] : [0];
    svg.replaceChildren(
      draw("path", { class: "area", d: outline(weights, x, y) }),
      draw("line", { class: "mean", x1: LEFT, x2: width - RIGHT, y1: y(mean), y2: y(mean) }),
      draw("line", { class: "axis", x1: LEFT, x2: width - RIGHT, y1: base, y2: base }),
      ...heights.map((value) => draw("text", { x: LEFT - 6, y: y(value) + 4, "text-anchor": "end" }, short(value))),
      ...marks, cursor, dot,
    );
    point(chosen);
  }

  svg.addEventListener("pointermove", (event) => {
    const box = svg.getBoundingClientRect();
    point(Math.floor(length * (event.clientX - box.left - LEFT) / (width - LEFT - RIGHT)));
  });
  svg.addEventListener("keydown", (event) => {
    const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10, Home: -length, End: length };
    if (!(event.key in steps)) return;
    event.preventDefault();
    point(chosen + steps[event.key]);
  });
  new ResizeObserver(redraw).observe(svg);
  return make("div", { class: "attention" }, make("h4", {}, "Attention along the sequence"), svg, readout);
}
