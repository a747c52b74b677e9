import { createHash } from "node:crypto";
import { ByteWriter } from "@/lib/broker/properties/byte-writer";
import { InvalidPropertyError } from "@/lib/broker/properties/errors";
import type { FieldTable } from "@/lib/broker/properties/field-value";
import { bytesFromText, isWellFormed } from "@/lib/broker/properties/text";

/**
 * What tells a binding from others of the same source and destination, in the form of RabbitMQ's management API
 * (rabbit_mgmt_format:pack_binding_props): the routing key, `~` if it is empty, and with arguments `key~hash`. The
 * hash is not RabbitMQ's (Erlang's phash2), and no client computes it. The order of arguments makes no difference.
 * Throws InvalidPropertyError for arguments that the wire can't carry.
 */
export function propertiesKeyOf(routingKey: string, bindingArguments: FieldTable): string {
  const key = quoted(routingKey);
  if (bindingArguments.size === 0) return key === "" ? "~" : key;
  const sorted = [...bindingArguments].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  const writer = new ByteWriter(256);
  writer.table(new Map(sorted), "arguments");
  return `${key}~${createHash("sha256").update(writer.copy()).digest("base64url").slice(0, 11)}`;
}

/** As in a URL, with `~` escaped too, since it is what parts key and hash. */
function quoted(key: string): string {
  if (!isWellFormed(key)) return quotedBytes(key);
  return encodeURIComponent(key).replace(/[~!'()*]/g, (sign) => percent(sign.charCodeAt(0)));
}

/** Of a key with bytes in it that are no UTF-8. */
function quotedBytes(key: string): string {
  const bytes = bytesFromText(key);
  if (bytes === undefined) throw new InvalidPropertyError("routing_key", "holds half of a character");
  return [...bytes]
    .map((byte) => (/[\w.-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : percent(byte)))
    .join("");
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}
