// One sequence closely: its probabilities and its attention.
import { attention } from "./attention.js";
import { make } from "./dom.js";

const UNITS = { protein: "residues", RNA: "nucleotides" };

// Labels in the order of a result's probabilities, the highest first.
export const ranked = (result) =>
  Object.keys(result.probabilities).sort((a, b) => result.probabilities[b] - result.probabilities[a]);

export function odd(result) {
  return result.unusual.map((word) => make("span", { class: "chip odd" }, word));
}

function signed(value) {
  const text = Math.abs(value).toFixed(3);
  return text === "0.000" ? "±0" : `${value > 0 ? "+" : "−"}${text}`;
}

function bars(result, order, other, word) {
  const best = result.location.split("|");
  const items = order.map((label) => {
    const value = result.probabilities[label];
    const fill = make("div", { class: "fill" });
    fill.style.width = `${100 * value}%`;
    const told = [value.toFixed(3)];
    if (other) told.push(" ", make("span", { class: "change" }, signed(value - other.probabilities[label])));
    return make("li", { class: best.includes(label) && "best" },
      make("span", {}, label),
      make("div", { class: "track", "aria-hidden": "true" }, fill),
      make("span", { class: "value" }, ...told));
  });
  return make("ul", { class: "bars", "aria-label": word }, ...items);
}

// `other` is the sequence that this one stands beside; changes are told from it.
export function look(result, order, model, other = null) {
  const fractions = model.task === "distribution";
  const facts = `${result.length.toLocaleString("en")} ${UNITS[model.alphabet]}; ${result.location.replaceAll("|", ", ")}; entropy ${result.entropy.toFixed(2)} bits`;
  const about = make("div", { class: "about" }, make("h3", {}, result.id), make("span", { class: "soft" }, facts, " "), ...odd(result));
  const right = result.attention_weights
    ? attention(result)
    : make("p", { class: "attention soft" }, "This model has no attention to show.");
  const word = fractions ? "Predicted fractions" : "Probabilities";
  return make("article", { class: "panel look", "aria-label": result.id },
    about, bars(result, order, other, word), right);
}
