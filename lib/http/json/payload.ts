import { isUtf8 } from "node:buffer";
import { BrokerError } from "@/lib/broker/errors";

export const payloadEncodings = ["string", "base64"] as const;
export interface PayloadJson {
  readonly payload: string;
  readonly payload_encoding: (typeof payloadEncodings)[number];
}

/**
 * Bytes in JSON: text where they are UTF-8, otherwise base64.
 * @param cut the bytes are the beginning of more, so the last character may be incomplete and is left out then
 */
export function payloadJson(
  bytes: Uint8Array,
  options: { encoding?: "auto" | "base64"; cut?: boolean } = {},
): PayloadJson {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (options.encoding !== "base64") {
    const whole = options.cut === true ? withoutCutCharacter(body) : body;
    if (isUtf8(whole)) return { payload: whole.toString("utf8"), payload_encoding: "string" };
  }
  return { payload: body.toString("base64"), payload_encoding: "base64" };
}

/**
 * The bytes that a payload in JSON stands for. Throws `bad-request` for what isn't base64 or can't be UTF-8, and
 * `content-too-large`.
 */
export function payloadBytes(payload: string, encoding: "string" | "base64", mostBytes: number): Uint8Array {
  const bytes = encoding === "base64" ? fromBase64(payload) : fromText(payload);
  if (bytes.length > mostBytes) {
    throw new BrokerError("content-too-large", `The payload has ${bytes.length} bytes; ${mostBytes} are allowed.`, {
      bytes: bytes.length,
      mostBytes,
    });
  }
  return bytes;
}

function fromText(payload: string): Buffer {
  if (/\p{Surrogate}/u.test(payload)) {
    throw new BrokerError("bad-request", "The payload holds half of a surrogate pair, which is not text.");
  }
  return Buffer.from(payload, "utf8");
}

function fromBase64(payload: string): Buffer {
  const compact = payload.replace(/\s/g, "");
  const bytes = Buffer.from(compact, "base64");
  // Node skips what isn't base64: the same text must come out again, but for its padding.
  if (bytes.toString("base64").replace(/=+$/, "") !== compact.replace(/=+$/, "")) {
    throw new BrokerError("bad-request", "The payload is not base64, as its payload_encoding says.");
  }
  return bytes;
}

/** Leaves out the first bytes of a character at the end whose other bytes are missing. */
function withoutCutCharacter(bytes: Buffer): Buffer {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes;
    if (byte < 0xc0) continue;
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2;
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes;
  }
  return bytes;
}
