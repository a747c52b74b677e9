import { isUtf8 } from "node:buffer";

/**
 * Text on the wire is bytes that are nearly always UTF-8. Short strings and header names are shown as JS strings, and
 * must come back as the very same bytes: a byte that is not part of valid UTF-8 becomes the lone surrogate
 * U+DC00 + byte (Python's "surrogateescape"), which no valid UTF-8 can produce.
 */
export function textFromBytes(bytes: Buffer): string {
  return isUtf8(bytes) ? bytes.toString("utf8") : escapeInvalid(bytes);
}

/** Writes text as bytes, undoing `textFromBytes`. Returns undefined for a lone surrogate that stands for no byte. */
export function bytesFromText(text: string): Buffer | undefined {
  if (isWellFormed(text)) return Buffer.from(text, "utf8");
  const parts: Buffer[] = [];
  let wellFormedFrom = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0xd800 || unit > 0xdfff) continue;
    const next = text.charCodeAt(i + 1);
    if (unit < 0xdc00 && next >= 0xdc00 && next <= 0xdfff) {
      i++;
      continue;
    }
    if (unit < 0xdc80 || unit > 0xdcff) return undefined;
    parts.push(Buffer.from(text.slice(wellFormedFrom, i), "utf8"), Buffer.of(unit - 0xdc00));
    wellFormedFrom = i + 1;
  }
  parts.push(Buffer.from(text.slice(wellFormedFrom), "utf8"));
  const bytes = Buffer.concat(parts);
  // Escapes that together spell valid UTF-8 would come back as another text.
  return isUtf8(bytes) || textFromBytes(bytes) !== text ? undefined : bytes;
}

/** Whether the text holds no lone surrogate, so that UTF-8 can carry it. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function escapeInvalid(bytes: Buffer): string {
  let text = "";
  let validFrom = 0;
  let i = 0;
  while (i < bytes.length) {
    const length = sequenceLength(bytes, i);
    if (length > 0) {
      i += length;
      continue;
    }
    text += bytes.toString("utf8", validFrom, i) + String.fromCharCode(0xdc00 + (bytes[i] ?? 0));
    validFrom = ++i;
  }
  return text + bytes.toString("utf8", validFrom, bytes.length);
}

/** Bytes in the valid UTF-8 sequence at `at`, or 0 if there is none. */
function sequenceLength(bytes: Buffer, at: number): number {
  const lead = bytes[at] ?? 0;
  if (lead < 0x80) return 1;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  return at + length <= bytes.length && isUtf8(bytes.subarray(at, at + length)) ? length : 0;
}
