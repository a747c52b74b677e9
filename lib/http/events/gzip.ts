import { constants, createGzip } from "node:zlib";

/** Whether a client takes gzip (RFC 9110, section 12.5.3): named, or by `*`, and not with a weight of 0. */
export function takesGzip(acceptEncoding: string | null): boolean {
  const weights = new Map<string, number>();
  for (const part of (acceptEncoding ?? "").toLowerCase().split(",")) {
    const [coding = "", ...parameters] = part.split(";").map((each) => each.trim());
    const weight = parameters.find((each) => each.startsWith("q="));
    weights.set(coding, weight === undefined ? 1 : Number(weight.slice(2)));
  }
  return (weights.get("gzip") ?? weights.get("*") ?? 0) > 0;
}

/**
 * An event stream, packed. Each piece goes out at once and whole, and the next is asked for when the client has taken it.
 * The lowest level does nearly as well as the highest here, since rows resemble each other.
 */
export function gzipped(bytes: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
  // Node's own adapter for web streams (Duplex.toWeb) counts chunks as if they were bytes, and so reads without end.
  const reader = bytes.getReader();
  const gzip = createGzip({ level: constants.Z_BEST_SPEED, flush: constants.Z_SYNC_FLUSH });
  return new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => {
      gzip.on("data", (packed: Buffer) => controller.enqueue(new Uint8Array(packed)));
      gzip.once("end", () => controller.close());
      gzip.once("error", (error) => controller.error(error));
    },
    pull: async () => {
      const { value, done } = await reader.read();
      if (done) gzip.end();
      else gzip.write(value);
    },
    cancel: async (reason) => {
      gzip.removeAllListeners("data").destroy();
      await reader.cancel(reason);
    },
  });
}
