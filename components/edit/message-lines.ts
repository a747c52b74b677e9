import type { Plain } from "@/components/body/header-values";
import { formatJson } from "@/components/publish/build";
import { bytesFromBase64 } from "@/lib/format/base64";

/** A message as far as a person can change it. */
export interface Content {
  readonly exchange: string;
  readonly routing_key: string;
  readonly properties: Readonly<Record<string, unknown>>;
  readonly payload: string;
  readonly payload_encoding: "string" | "base64";
}

/**
 * A message as lines of text, so that two can be compared: where it goes, its properties and headers in the order of
 * their names, then its body, JSON set out so that a changed field is a changed line.
 */
export function messageLines(content: Content): string {
  const { headers = {}, ...properties } = content.properties as { headers?: Readonly<Record<string, Plain>> };
  const byName = ([one]: [string, unknown], [other]: [string, unknown]) => (one < other ? -1 : 1);
  return [
    `exchange: ${content.exchange || "(AMQP default)"}`,
    `routing key: ${content.routing_key}`,
    ...Object.entries(properties)
      .sort(byName)
      .map(([name, value]) => `${name}: ${String(value)}`),
    ...Object.entries(headers)
      .sort(byName)
      .map(([name, value]) => `header ${name}: ${typeof value === "string" ? value : JSON.stringify(value)}`),
    "",
    bodyText(content),
    "",
  ].join("\n");
}

function bodyText({ payload, payload_encoding }: Content): string {
  if (payload_encoding === "string") return formatJson(payload) ?? payload;
  const bytes = bytesFromBase64(payload);
  return bytes === null ? payload : `(${bytes.length} bytes)\n${payload.replace(/(.{76})/g, "$1\n")}`;
}

/** Headers that a broker wrote when the message died: a message that begins anew goes without them. */
export function isDeathHeader(name: string): boolean {
  return /^(x-death|x-first-death-\w+|x-last-death-\w+|x-delivery-count|x-exception-.*|x-error-.*)$/.test(name);
}
