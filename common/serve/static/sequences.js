// The text of the sequences: what a user pasted, dropped or opened.

// A bare sequence gets a header, since many are pasted without one.
export function asFasta(text) {
  const trimmed = text.trim();
  return /^[A-Za-z*\s]+$/.test(trimmed) ? `>sequence_1\n${trimmed}\n` : text;
}

export function counted(text) {
  let records = 0, letters = 0;
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line.startsWith(">")) records += 1;
    else letters += line.replace(/\s/g, "").length;
  }
  if (letters && !records) records = 1;
  return { records, letters, bytes: new Blob([text]).size };
}

export function told({ records, letters }) {
  if (!records) return "";
  return `${records.toLocaleString("en")} ${records === 1 ? "sequence" : "sequences"}, ${letters.toLocaleString("en")} letters`;
}

export async function readFile(file, most) {
  let stream = file.stream();
  if (file.name.endsWith(".gz")) stream = stream.pipeThrough(new DecompressionStream("gzip"));
  const reader = stream.getReader(), parts = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.length;
    if (size > most) {
      await reader.cancel();
      throw new RangeError(`more than ${most.toLocaleString("en")} bytes`);
    }
    parts.push(value);
  }
  return new Blob(parts).text();
}

const MITOCHONDRIAL = "MLSLRQSIRFFKPATRTLCSSRYLLQQKPVVKTAQNLAEVNGPETLIGPGAKEGTVPTDLDQETGLARLELLGKLEGIDVFDTKPLDSSRKGTMKDPIIIESYDDYRYVGCTGSPAGSHTIMWLKPTVNEVARCWECGSVYKLNPVGVPNDDHHH";
const SECRETED = "MALWMRLLPLLALLALWGPDPAAAFVNQHLCGSHLVEALYLVCGERGFFYTPKTRREAEDLQVGQVELGGGPGAGSLQPLALEGSLQKRGIVEQCCTSICSLYQLENYCN";
const TRANSCRIPT = "GGCTCGCGATGGCCGAGGTTTATTCGCTACTGACGTGCAAAGCTTAAGCGTTAGCACACCTTTGTGTTTACAGCACTTGTACTATTAAATAATGCAACTTTTAATAAA";

export function example(alphabet) {
  const wrapped = (text) => text.replace(/.{60}/g, "$&\n");
  if (alphabet === "RNA") return `>transcript made up\n${wrapped(TRANSCRIPT)}\n`;
  return `>COX4_YEAST Cox4, mitochondrial\n${wrapped(MITOCHONDRIAL)}\n>INS_HUMAN insulin, secreted\n${wrapped(SECRETED)}\n`;
}
