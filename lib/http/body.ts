import { BrokerError } from "@/lib/broker/errors";
import { parseJson } from "@/lib/http/json-text";

/**
 * Reads the JSON of a request, whatever its content type says (curl says form, RabbitMQ's API doesn't mind).
 * @param mostBytes larger bodies are refused while they come in
 * @returns undefined for an empty body
 * Throws `content-too-large`, and `bad-request` for what isn't UTF-8 or JSON.
 */
export async function readJsonBody(request: Request, mostBytes: number): Promise<unknown> {
  const bytes = await readBytes(request, mostBytes);
  if (bytes.length === 0) return undefined;
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new BrokerError("bad-request", "The body is not UTF-8. Send a payload of other bytes as base64.");
  }
  return text.trim() === "" ? undefined : parseJson(text);
}

async function readBytes(request: Request, mostBytes: number): Promise<Uint8Array> {
  mustFit(Number(request.headers.get("content-length") ?? 0), mostBytes);
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    mustFit(size, mostBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function mustFit(size: number, mostBytes: number): void {
  if (size <= mostBytes) return;
  throw new BrokerError("content-too-large", `The body is larger than ${mostBytes} bytes.`, { mostBytes });
}
