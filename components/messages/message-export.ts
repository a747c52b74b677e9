import type { Plain } from "@/components/body/header-values";
import type { Message } from "@/lib/api-client/messages";
import { publishPath } from "@/lib/api-client/publish";

/** The body as JSON carries it best: text as text, anything else as base64. */
function payloadOf(message: Message): { payload: string; payload_encoding: "string" | "base64" } {
  return { payload: message.payload, payload_encoding: message.payload_encoding };
}

/** A message as a JSON text that a person reads and a program takes. */
export function messageJson(message: Message): string {
  return JSON.stringify(message, null, 2);
}

/** A line for each message, for programs that read NDJSON. */
export function ndjson(messages: readonly Message[]): string {
  return messages.map((message) => `${JSON.stringify(message)}\n`).join("");
}

/** What the API wants to publish the same message again. */
function publishingOf(message: Message): Readonly<Record<string, Plain>> {
  return {
    properties: message.properties as Readonly<Record<string, Plain>>,
    routing_key: message.routing_key,
    ...payloadOf(message),
  };
}

/** A command that publishes a message again through the HTTP API. `origin` is the console's own address. */
export function curlOf(message: Message, origin: string): string {
  return curlFor(origin + publishPath(message.vhost, message.exchange), publishingOf(message));
}

/** A command that posts JSON. It asks for the password when it runs, so that none is copied about. */
export function curlFor(address: string, json: unknown): string {
  const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  return `curl -u guest -H 'content-type: application/json' ${quoted(address)} \\\n  -d ${quoted(JSON.stringify(json))}`;
}
