// The API's page, written from its OpenAPI description.
import { find, make } from "./dom.js";

const nameOf = (reference) => reference.split("/").pop();

function kind(schema) {
  if (schema.$ref) return make("a", { href: `#${nameOf(schema.$ref)}` }, nameOf(schema.$ref));
  if (schema.anyOf) return make("span", {}, ...schema.anyOf.flatMap((one, at) => (at ? [" or ", kind(one)] : [kind(one)])));
  if (schema.type === "array") return make("span", {}, "list of ", kind(schema.items));
  if (schema.enum) return make("span", {}, schema.enum.join(", "));
  if (schema.const) return make("span", {}, schema.const);
  if (schema.additionalProperties?.type) return make("span", {}, `object of ${schema.additionalProperties.type}`);
  return make("span", {}, schema.type ?? "any");
}

function table(...rows) {
  return make("div", { class: "scroll" }, make("table", {}, make("tbody", {}, ...rows)));
}

function path(address, method, about) {
  const answers = Object.entries(about.responses).map(([status, one]) =>
    make("tr", {}, make("th", { scope: "row" }, status), make("td", {}, one.description)));
  const body = about.requestBody?.content["application/json"].schema;
  const result = about.responses["200"].content["application/json"].schema;
  const parts = [make("h2", {}, make("code", {}, `${method.toUpperCase()} ${address}`)), make("p", {}, about.description)];
  if (body) parts.push(make("p", {}, "Takes ", kind(body), "."));
  return [...parts, make("p", {}, "Gives ", kind(result), "."),
    make("details", {}, make("summary", {}, "Statuses"), table(...answers))];
}

function fields(name, schema) {
  const needed = schema.required ?? [];
  const rows = Object.entries(schema.properties).map(([field, one]) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, field)),
    make("td", {}, kind(one)),
    make("td", {}, one.description ?? "", needed.includes(field) || !("default" in one) ? "" : ` Default: ${JSON.stringify(one.default)}.`)));
  return [make("h3", { id: name }, name), make("p", {}, schema.description ?? ""), table(...rows)];
}

async function start() {
  const [about, offered] = await Promise.all(
    ["/openapi.json", "/api/models"].map(async (address) => (await fetch(address)).json()));
  const fill = (name, text) => document.querySelectorAll(`.${name}`).forEach((spot) => { spot.textContent = text; });
  fill("address", location.origin);
  fill("model", offered.models[0].name);
  const words = about.components.schemas.Bounds.properties;
  find("limits").append(...Object.entries(offered.limits).map(([name, value]) => make("tr", {},
    make("th", { scope: "row" }, make("code", {}, name)),
    make("td", { class: "number" }, value.toLocaleString("en")),
    make("td", {}, words[name].description ?? ""))));
  for (const [address, methods] of Object.entries(about.paths)) {
    for (const [method, one] of Object.entries(methods)) find("paths").append(...path(address, method, one));
  }
  for (const [name, schema] of Object.entries(about.components.schemas)) {
    if (schema.properties && !name.includes("Validation")) find("fields").append(...fields(name, schema));
  }
}

start();
