import { type JsonReading, readJson } from "@/components/body/json-nodes";
import { type Packing, packingOf, unpack } from "@/components/body/unpack";

/** One thing that was tried to read a body, and what came of it, in words. */
export interface Attempt {
  readonly what: string;
  readonly worked: boolean;
  readonly result: string;
}

/** What a body turned out to hold. */
export interface Inspection {
  /** As stored, or what the queue gave of it. */
  readonly stored: Uint8Array<ArrayBuffer>;
  /** Unpacked where it was packed, else the same as `stored`. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly packing: Packing | null;
  /** The text, with U+FFFD for each byte that isn't; null when it is not text at all. */
  readonly text: string | null;
  /** Whether `text` is the body exactly. */
  readonly exact: boolean;
  readonly json: JsonReading | null;
  readonly attempts: readonly Attempt[];
}

export interface BodyFacts {
  readonly contentType?: string | undefined;
  readonly contentEncoding?: string | undefined;
  /** Whether these are only the first bytes of the body. */
  readonly truncated: boolean;
}

/** Finds out what a body holds: unpacks it, reads it as text, reads that as JSON. Never throws. */
export async function inspectBody(stored: Uint8Array<ArrayBuffer>, facts: BodyFacts): Promise<Inspection> {
  const attempts: Attempt[] = [];
  const packing = packingOf(stored, facts.contentEncoding);
  let bytes = stored;
  let used: Packing | null = null;
  let cut = facts.truncated;
  if (packing) {
    const unpacked = await unpack(stored, packing);
    if (unpacked) {
      bytes = unpacked.bytes;
      used = packing;
      cut ||= unpacked.end === "limit";
    }
    attempts.push(unpackAttempt(packing, unpacked?.end, facts));
  } else if (
    facts.contentEncoding !== undefined &&
    !/^(utf-?8|identity|binary|8bit|7bit|)$/i.test(facts.contentEncoding)
  ) {
    attempts.push({ what: facts.contentEncoding, worked: false, result: "a browser can't unpack this" });
  }
  const text = readText(bytes, facts.contentType, cut, attempts);
  const json = text === null ? null : readBodyJson(text.text, facts.contentType, cut, attempts);
  return { stored, bytes, packing: used, text: text?.text ?? null, exact: text?.exact ?? false, json, attempts };
}

function unpackAttempt(packing: Packing, end: string | undefined, facts: BodyFacts): Attempt {
  if (end === undefined) return { what: packing, worked: false, result: "its bytes are not packed so" };
  if (end === "limit") return { what: packing, worked: true, result: "unpacked; cut at 32 MiB" };
  if (end === "broken" && !facts.truncated)
    return { what: packing, worked: true, result: "unpacked until it breaks off" };
  return { what: packing, worked: true, result: "unpacked" };
}

/** How much of a text may be wrong before it counts as binary. */
const tolerableShare = 0.02;

function readText(
  bytes: Uint8Array<ArrayBuffer>,
  contentType: string | undefined,
  truncated: boolean,
  attempts: Attempt[],
): { text: string; exact: boolean } | null {
  const charset = /charset\s*=\s*"?([\w.:-]+)/i.exec(contentType ?? "")?.[1] ?? bomCharset(bytes);
  const name = charset?.toLowerCase() ?? "utf-8";
  if (name !== "utf-8" && name !== "utf8") {
    try {
      const text = new TextDecoder(name, { fatal: true, ignoreBOM: true }).decode(bytes);
      attempts.push({ what: name, worked: true, result: "text" });
      return { text, exact: true };
    } catch {
      attempts.push({ what: name, worked: false, result: "not text of that charset" });
    }
  }
  const wrong = firstInvalidByte(bytes, truncated);
  if (wrong === null) {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, wholeLength(bytes, truncated)));
    const controls = controlCount(text);
    if (controls > Math.max(8, text.length * 0.1)) {
      attempts.push({
        what: "UTF-8",
        worked: false,
        result: `valid, but ${controls} control characters: not made to be read`,
      });
      return null;
    }
    attempts.push({ what: "UTF-8", worked: true, result: "text" });
    return { text, exact: true };
  }
  const byte = (bytes[wrong] ?? 0).toString(16).toUpperCase().padStart(2, "0");
  const kind = signatureOf(bytes);
  attempts.push({
    what: "UTF-8",
    worked: false,
    result: `byte ${wrong.toLocaleString("en")} (${byte}) can't stand there`,
  });
  if (kind) {
    attempts.push({ what: "First bytes", worked: true, result: kind });
    return null;
  }
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  const bad = text.split("\ufffd").length - 1;
  return bad + controlCount(text) > Math.max(4, text.length * tolerableShare) ? null : { text, exact: false };
}

function readBodyJson(
  text: string,
  contentType: string | undefined,
  truncated: boolean,
  attempts: Attempt[],
): JsonReading | null {
  const announced = /[/+]json\b/i.test(contentType ?? "");
  const first = /\S/.exec(text)?.[0];
  if (!announced && first !== "{" && first !== "[") return null;
  const json = readJson(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  if (!json.error || (truncated && json.nodes.length > 0)) {
    attempts.push({ what: "JSON", worked: true, result: json.error ? "its beginning" : "valid" });
    return json;
  }
  const { line, column, message } = json.error;
  attempts.push({ what: "JSON", worked: false, result: `line ${line}, column ${column}: ${message}` });
  return null;
}

function bomCharset(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return undefined;
}

/** Length without a character that the cut went through. */
function wholeLength(bytes: Uint8Array, truncated: boolean): number {
  if (!truncated) return bytes.length;
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte >= 0xf5 || byte === 0xc0 || byte === 0xc1) return bytes.length;
    if (byte >= 0xc0) {
      const needs = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
      return needs > back ? bytes.length - back : bytes.length;
    }
  }
  return bytes.length;
}

function firstInvalidByte(bytes: Uint8Array<ArrayBuffer>, truncated: boolean): number | null {
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const valid = (end: number) => {
    try {
      strict.decode(bytes.subarray(0, wholeLength(bytes.subarray(0, end), true)));
      return true;
    } catch {
      return false;
    }
  };
  const end = wholeLength(bytes, truncated);
  try {
    strict.decode(bytes.subarray(0, end));
    return null;
  } catch {
    // Halving finds the place: every beginning before it is valid, and none behind it.
    let low = 0;
    let high = end;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (valid(middle + 1)) low = middle + 1;
      else high = middle;
    }
    return Math.min(low, bytes.length - 1);
  }
}

function controlCount(text: string): number {
  return text.match(/[\u0000-\u0008\u000e-\u001a\u001c-\u001f\u007f]/g)?.length ?? 0;
}

const signatures: readonly (readonly [string, readonly number[]])[] = [
  ["a PNG image", [0x89, 0x50, 0x4e, 0x47]],
  ["a JPEG image", [0xff, 0xd8, 0xff]],
  ["a GIF image", [0x47, 0x49, 0x46, 0x38]],
  ["a PDF document", [0x25, 0x50, 0x44, 0x46]],
  ["a ZIP archive", [0x50, 0x4b, 0x03, 0x04]],
  ["packed with Zstandard, which a browser can't unpack", [0x28, 0xb5, 0x2f, 0xfd]],
  ["packed with LZ4, which a browser can't unpack", [0x04, 0x22, 0x4d, 0x18]],
  ["packed with Snappy, which a browser can't unpack", [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e]],
  ["a serialized Java object", [0xac, 0xed, 0x00, 0x05]],
  ["a Python pickle", [0x80, 0x05, 0x95]],
  ["a Python pickle", [0x80, 0x04, 0x95]],
  ["an Avro file", [0x4f, 0x62, 0x6a, 0x01]],
];

/** What the first bytes say that it is, for the formats that mark themselves. */
function signatureOf(bytes: Uint8Array): string | undefined {
  return signatures.find(([, mark]) => mark.every((byte, at) => bytes[at] === byte))?.[0];
}
