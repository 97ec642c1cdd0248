// The page: ask, list the answers, look at one or two of them.
import { Refused, offers, predict } from "./api.js";
import { find, make } from "./dom.js";
import { asTable, save } from "./downloads.js";
import { picture } from "./figure.js";
import { look, odd, ranked } from "./look.js";
import { asFasta, counted, example, readFile, told } from "./sequences.js";

const shown = { models: [], limits: null, answer: null, text: "", model: null, first: 0, beside: -1 };
let running = null;

const chosenModel = () => shown.models.find((model) => model.name === find("model").value);
const isMadeUp = (model) => model.data_variant === "simulated";

function tellModel() {
  const model = chosenModel();
  const chip = make("span", { class: isMadeUp(model) ? "chip alarm" : "chip" }, `${model.data_variant} data`);
  const more = make("details", {}, make("summary", {}, "Training, citation, licence"),
    make("p", {}, `Trained on ${model.training_sequences.toLocaleString("en")} sequences; ${model.calibrated ? "probabilities are calibrated" : "not calibrated"}.`),
    make("p", {}, model.citation), make("p", {}, `Licence of the data: ${model.licence}.`));
  if (model.remark) more.append(make("p", {}, model.remark));
  find("about").replaceChildren(
    make("p", {}, `${model.title}. `, chip),
    make("p", { class: "soft" }, `${model.alphabet}; ${model.summary}`), more);
}

function tellFaults(errors) {
  const box = find("faults");
  box.hidden = !errors.length;
  if (!errors.length) return;
  const items = errors.map((error) => make("li", {}, make("strong", {}, error.record), `: ${error.fault}. `, make("span", { class: "soft" }, error.remedy)));
  box.replaceChildren(make("h2", {}, "This cannot be predicted"), make("ul", {}, ...items));
}

function tellCount() {
  const size = counted(find("sequences").value);
  find("count").textContent = told(size);
  return size;
}

function row(result, place) {
  const name = make("button", { type: "button" }, result.id);
  const line = make("tr", {},
    make("th", { scope: "row" }, name),
    make("td", {}, result.location.replaceAll("|", ", ")),
    make("td", { class: "number" }, result.probability.toFixed(3)),
    make("td", { class: "number wide" }, result.entropy.toFixed(2)),
    make("td", { class: "number wide" }, result.length.toLocaleString("en")),
    make("td", { class: "wide" }, ...odd(result)));
  line.addEventListener("click", () => { shown.first = place; tellLook(); });
  return line;
}

function tellLook() {
  const { answer, model } = shown, first = answer.results[shown.first];
  if (shown.beside === shown.first) shown.beside = -1;
  [...find("rows").rows].forEach((line, place) => {
    if (place === shown.first) line.setAttribute("aria-current", "true");
    else line.removeAttribute("aria-current");
  });
  const others = answer.results.map((result, place) => make("option", { value: place }, result.id));
  others.splice(shown.first, 1);
  find("beside").replaceChildren(make("option", { value: -1 }, "nothing"), ...others);
  find("beside").value = String(shown.beside);
  const order = ranked(first), parts = [look(first, order, model)];
  if (shown.beside >= 0) parts.push(look(answer.results[shown.beside], order, model, first));
  find("pair").replaceChildren(...parts);
  find("pair").classList.toggle("two", parts.length === 2);
  find("changes").hidden = parts.length < 2;
}

function tellAnswer() {
  const { answer, model } = shown, number = answer.results.length;
  find("found").textContent = number === 1 ? "1 sequence" : `${number} sequences`;
  find("answered").textContent = `${model.name}; weights ${answer.weights_sha256.slice(0, 12)}`;
  find("warning").hidden = !isMadeUp(model);
  find("warning").textContent = "This model was trained on simulated sequences: its answers say nothing about real ones.";
  find("rows").replaceChildren(...answer.results.map(row));
  find("compare").querySelector(".row").hidden = number < 2;
  find("results").hidden = false;
  tellLook();
}

function tellRunning(on) {
  find("predict").disabled = on;
  find("stop").hidden = !on;
  find("status").textContent = on ? "Predicting; a model's first request loads it" : "";
}

async function submit(event) {
  event.preventDefault();
  const size = tellCount(), model = chosenModel();
  tellFaults([]);
  if (!size.letters && !size.records) return refuse("sequences", "there are none", "Paste some, or open a file");
  if (size.bytes > shown.limits.body_bytes) return refuseSize(size.bytes.toLocaleString("en"));
  running = new AbortController();
  tellRunning(true);
  try {
    shown.text = await predict(model.name, asFasta(find("sequences").value), running.signal);
    Object.assign(shown, { answer: JSON.parse(shown.text), model, first: 0, beside: -1 });
    tellAnswer();
    find("found").focus({ preventScroll: true });
    find("results").scrollIntoView({ block: "start" });
  } catch (error) {
    if (error instanceof Refused) {
      tellFaults(error.errors);
      find("results").hidden = true;
    } else if (error.name !== "AbortError") throw error;
  } finally {
    tellRunning(false);
  }
}

const refuse = (record, fault, remedy) => tellFaults([{ record, fault, remedy }]);
const refuseSize = (size) =>
  refuse("sequences", `${size} bytes, at most ${shown.limits.body_bytes.toLocaleString("en")} are taken`, "Send them in parts, or use reproduce predict for whole files");

async function open(file) {
  if (!file) return;
  tellFaults([]);
  try {
    find("sequences").value = await readFile(file, shown.limits.body_bytes);
    tellCount();
  } catch (error) {
    if (error instanceof RangeError) refuseSize("more");
    else refuse(file.name, "it cannot be read", "Open a FASTA file, plain or gzip");
  }
}

function listenForDrops(zone) {
  const over = (on) => (event) => { event.preventDefault(); zone.classList.toggle("over", on); };
  zone.addEventListener("dragover", over(true));
  zone.addEventListener("dragleave", over(false));
  zone.addEventListener("drop", (event) => {
    over(false)(event);
    const text = event.dataTransfer.getData("text");
    if (event.dataTransfer.files.length) open(event.dataTransfer.files[0]);
    else if (text) { find("sequences").value = text; tellCount(); }
  });
}

function listen() {
  find("ask").addEventListener("submit", submit);
  find("stop").addEventListener("click", () => running.abort());
  find("model").addEventListener("change", tellModel);
  find("sequences").addEventListener("input", tellCount);
  find("file").addEventListener("change", (event) => { open(event.target.files[0]); event.target.value = ""; });
  find("example").addEventListener("click", () => { find("sequences").value = example(chosenModel().alphabet); tellCount(); });
  find("clear").addEventListener("click", () => { find("sequences").value = ""; tellCount(); tellFaults([]); find("sequences").focus(); });
  find("beside").addEventListener("change", (event) => { shown.beside = Number(event.target.value); tellLook(); });
  find("tsv").addEventListener("click", () => save("predictions.tsv", asTable(shown.answer), "text/tab-separated-values"));
  find("json").addEventListener("click", () => save("predictions.json", shown.text, "application/json"));
  find("png").addEventListener("click", async () => {
    const places = [shown.first, shown.beside].filter((place) => place >= 0);
    const results = places.map((place) => shown.answer.results[place]);
    save("predictions.png", await picture(results, ranked(results[0]), shown.model), "image/png");
  });
  listenForDrops(document.querySelector(".sequences"));
}

async function start() {
  try {
    const { models, limits } = await offers();
    Object.assign(shown, { models, limits });
    find("model").replaceChildren(...models.map((model) => make("option", { value: model.name }, model.name)));
    tellModel();
    listen();
    tellCount();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    tellFaults(error.errors);
  }
}

start();
