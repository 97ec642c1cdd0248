// The sequences that are shown, as a picture on white: for slides and notes.
import { short, ticks } from "./attention.js";

const WIDTH = 1100, BARS = 380, ROW = 22, HEAD = 54, GAP = 30, SCALE = 2;
const INK = "#1d2126", SOFT = "#555d66", BAR = "#3a3f9c", LOOK = "#117733", TRACK = "#eceae6";
const FONT = "system-ui, 'Liberation Sans', sans-serif";

function write(pen, text, x, y, { size = 13, color = INK, align = "left", bold = false, most = undefined } = {}) {
  pen.font = `${bold ? "600 " : ""}${size}px ${FONT}`;
  pen.fillStyle = color;
  pen.textAlign = align;
  pen.fillText(text, x, y, most);
}

function bars(pen, result, order, top) {
  const from = 170, to = BARS - 50;
  order.forEach((label, place) => {
    const y = top + place * ROW, value = result.probabilities[label];
    write(pen, label, from - 10, y + 13, { align: "right", most: from - 20 });
    pen.fillStyle = TRACK;
    pen.fillRect(from, y + 3, to - from, 13);
    pen.fillStyle = BAR;
    pen.fillRect(from, y + 3, (to - from) * value, 13);
    write(pen, value.toFixed(3), to + 8, y + 13);
  });
}

function area(pen, result, top, height) {
  const left = BARS + 70, right = WIDTH - 25, base = top + height - 24;
  const weights = result.attention_weights, high = weights.reduce((a, b) => Math.max(a, b), 0) || 1;
  const x = (place) => left + (right - left) * place / weights.length;
  pen.fillStyle = LOOK;
  pen.beginPath();
  pen.moveTo(left, base);
  weights.forEach((value, place) => {
    const y = base - (base - top) * value / high;
    pen.lineTo(x(place), y);
    pen.lineTo(x(place + 1), y);
  });
  pen.lineTo(right, base);
  pen.fill();
  pen.fillStyle = SOFT;
  pen.fillRect(left, base, right - left, 1);
  for (const place of ticks(weights.length, 7)) {
    pen.fillRect(x(place - 0.5), base, 1, 5);
    write(pen, place.toLocaleString("en"), x(place - 0.5), base + 19, { size: 12, color: SOFT, align: "center" });
  }
  write(pen, short(high), left - 8, top + 8, { size: 12, color: SOFT, align: "right" });
  write(pen, "attention", left - 8, top + 24, { size: 12, color: SOFT, align: "right" });
}

// A PNG of the results, one below the other.
export function picture(results, order, model) {
  const height = Math.max(order.length * ROW, 150);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH * SCALE;
  canvas.height = (results.length * (HEAD + height + GAP) + 30) * SCALE;
  const pen = canvas.getContext("2d");
  pen.scale(SCALE, SCALE);
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  results.forEach((result, number) => {
    const top = number * (HEAD + height + GAP);
    const title = `${result.id}, ${result.length.toLocaleString("en")} long: ${result.location.replaceAll("|", ", ")}`;
    write(pen, title, 20, top + 32, { size: 17, bold: true, most: WIDTH - 40 });
    bars(pen, result, order, top + HEAD);
    if (result.attention_weights) area(pen, result, top + HEAD, height);
  });
  const source = `${model.name}, trained on ${model.data_variant} data; weights ${model.weights_sha256.slice(0, 12)}`;
  write(pen, source, 20, canvas.height / SCALE - 14, { size: 12, color: SOFT, most: WIDTH - 40 });
  return new Promise((done) => { canvas.toBlob(done, "image/png"); });
}
