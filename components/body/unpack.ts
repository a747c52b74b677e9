/** Unpacked bodies are cut at so many bytes, so that a small body that unpacks to gigabytes can't fill the browser. */
const unpackLimit = 32 * 1024 * 1024;

export type Packing = "gzip" | "deflate" | "deflate-raw";

export interface Unpacked {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** `whole`, `limit` when there was more than `unpackLimit`, `broken` when the packed bytes end or go wrong early. */
  readonly end: "whole" | "limit" | "broken";
}

/**
 * Unpacks with the browser's own DecompressionStream.
 * @returns null when not one byte could be unpacked
 */
export async function unpack(packed: Uint8Array<ArrayBuffer>, packing: Packing): Promise<Unpacked | null> {
  const stream = new DecompressionStream(packing);
  const writer = stream.writable.getWriter();
  // What goes wrong is told by the reading side as well.
  writer.write(packed).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const pieces: Uint8Array[] = [];
  let size = 0;
  let end: Unpacked["end"] = "whole";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      pieces.push(value);
      size += value.length;
      if (size > unpackLimit) {
        end = "limit";
        await reader.cancel();
        break;
      }
    }
  } catch {
    end = "broken";
  }
  if (size === 0 && end !== "whole") return null;
  const bytes = new Uint8Array(Math.min(size, unpackLimit));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece.subarray(0, bytes.length - at), at);
    at += piece.length;
    if (at >= bytes.length) break;
  }
  return { bytes, end };
}

/** What a body seems to be packed with: its content_encoding, else its first bytes. */
export function packingOf(bytes: Uint8Array, contentEncoding: string | undefined): Packing | null {
  const named = contentEncoding?.trim().toLowerCase();
  if (named === "gzip" || named === "x-gzip") return "gzip";
  if (named === "deflate" || named === "zlib") return bytes[0] === 0x78 ? "deflate" : "deflate-raw";
  if (bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 8) return "gzip";
  if (bytes[0] === 0x78 && ((bytes[0] << 8) + (bytes[1] ?? 0)) % 31 === 0 && bytes.length > 2) return "deflate";
  return null;
}
