// What was received, as files: made here, so that nothing is asked for a second time.

export function save(name, content, type) {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

// The table that `reproduce predict` writes.
export function asTable(answer) {
  const head = ["id", "length", "location", "probability", "entropy", "unusual", "attention", ...answer.labels];
  const rows = answer.results.map((result) => [
    result.id, result.length, result.location,
    result.probability.toFixed(6), result.entropy.toFixed(6),
    result.unusual.join(", "), result.attention.join(","),
    ...answer.labels.map((label) => result.probabilities[label].toFixed(6)),
  ]);
  return [head, ...rows].map((row) => `${row.join("\t")}\n`).join("");
}
