import type { IncomingMessage, ServerResponse } from "node:http";
import { BrokerError } from "@/lib/broker/errors";
import { errorResponse } from "@/lib/http/errors";

/**
 * Answers a request of the API whose path is not percent-encoded UTF-8. Next refuses such a path before any route sees
 * it, with a page for people; the API's errors have one shape.
 * @returns whether it answers
 */
export function answerUndecodable(request: IncomingMessage, response: ServerResponse): boolean {
  const path = (request.url ?? "").split("?", 1)[0] ?? "";
  if (!path.startsWith("/api/") || isDecodable(path)) return false;
  void answer(path, response);
  return true;
}

async function answer(path: string, response: ServerResponse): Promise<void> {
  const error = new BrokerError("bad-request", `The path ${path.slice(0, 300)} is not percent-encoded UTF-8.`);
  const refusal = errorResponse(error, { challenge: false, preconditionIs400: false });
  // What the request brings isn't read, so the connection can't be used again.
  response.writeHead(refusal.status, { ...Object.fromEntries(refusal.headers), connection: "close" });
  response.end(await refusal.text());
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
