// Requests to the server that gave this page, and what it says when it refuses.

export class Refused extends Error {
  constructor(errors) {
    super(errors.map((error) => error.fault).join("; "));
    this.errors = errors;
  }
}

const lost = { record: "server", fault: "it does not answer", remedy: "Look whether it still runs" };

async function ask(path, options = {}) {
  let response, text;
  try {
    response = await fetch(path, options);
    text = await response.text();
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Refused([lost]);
  }
  if (response.ok) return text;
  let errors = [{ ...lost, fault: `it answered ${response.status}` }];
  try {
    errors = JSON.parse(text).errors;
  } catch { /* not one of its own refusals */ }
  throw new Refused(errors);
}

export const offers = async () => JSON.parse(await ask("/api/models"));

// The answer as text: what is downloaded is what was received.
export function predict(model, fasta, signal) {
  return ask("/api/predict", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ model, fasta }),
    signal,
  });
}
