// The first lines of a CSV file, as far as a person needs them to say which column is which.
const BYTES = 65536;
const ROWS = 4;
const DELIMITERS = [",", ";", "\t", "|"];

// Rows of cells: the header, then up to three lines that hold something.
export async function beginning(file) {
  const bytes = new Uint8Array(await file.slice(0, BYTES).arrayBuffer());
  const rows = parsed(decoded(bytes), BYTES < file.size);
  return rows.filter((cells) => cells.some((cell) => cell.trim())).slice(0, ROWS);
}

// A cut may fall into the midst of a letter; only what is broken before it is another encoding.
function decoded(bytes) {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return new TextDecoder("utf-16le").decode(bytes);
  const text = new TextDecoder("utf-8").decode(bytes, { stream: true });
  return text.includes("\ufffd") ? new TextDecoder("windows-1256").decode(bytes) : text;
}

function parsed(text, cut) {
  const first = text.slice(0, text.search(/[\r\n]/) >>> 0);
  const delimiter = DELIMITERS.map((one) => [first.split(one).length, one]).sort((a, b) => b[0] - a[0])[0][1];
  const rows = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const sign = text[at], row = rows.at(-1), last = row.length - 1;
    if (quoted && sign === '"' && text[at + 1] === '"') row[last] += text[(at += 1)];
    else if (sign === '"' && (quoted || !row[last])) quoted = !quoted;
    else if (!quoted && sign === delimiter) row.push("");
    else if (!quoted && (sign === "\n" || sign === "\r")) rows.push([""]);
    else row[last] += sign;
  }
  return cut ? rows.slice(0, -1) : rows;
}
