import { type FieldTable, integerOf, textOf } from "@/lib/broker/properties/field-value";
import type { MessageProperties } from "@/lib/broker/properties/properties";

/** A task of Celery (https://docs.celeryq.dev/en/stable/internals/protocol.html#version-2). */
export interface CeleryTask {
  readonly task: string;
  readonly id: string;
  /** The list of positional arguments; text as Celery shows it (`argsrepr`) when the body doesn't give it. */
  readonly args: unknown;
  /** The named ones, likewise. */
  readonly kwargs: unknown;
  readonly retries: number;
  readonly eta: string | null;
  readonly expires: string | null;
  readonly group: string | null;
  readonly rootId: string | null;
  readonly parentId: string | null;
  /** Who published it, e.g. `gen12@host`. */
  readonly origin: string | null;
}

/**
 * Recognises a task by its headers. Its arguments come from a JSON body that is there in whole, otherwise from the short
 * forms in the headers.
 * @param body the body, or its beginning; null if it is not at hand
 */
export function celeryTask(
  properties: MessageProperties,
  body: { readonly bytes: Uint8Array; readonly truncated: boolean } | null,
): CeleryTask | null {
  const { headers } = properties;
  const task = textOf(headers?.get("task"));
  const id = textOf(headers?.get("id"));
  if (headers === undefined || task === undefined || id === undefined || task === "" || id === "") return null;
  const embedded = argumentsIn(properties, body);
  return {
    task,
    id,
    args: embedded ? embedded[0] : textIn(headers, "argsrepr"),
    kwargs: embedded ? embedded[1] : textIn(headers, "kwargsrepr"),
    retries: Number(integerOf(headers.get("retries")) ?? 0),
    eta: textIn(headers, "eta"),
    expires: textIn(headers, "expires"),
    group: textIn(headers, "group"),
    rootId: textIn(headers, "root_id"),
    parentId: textIn(headers, "parent_id"),
    origin: textIn(headers, "origin"),
  };
}

const mostBytes = 262_144;

/** `[args, kwargs, embed]`. */
function argumentsIn(
  { contentType, contentEncoding }: MessageProperties,
  body: { readonly bytes: Uint8Array; readonly truncated: boolean } | null,
): readonly [unknown, unknown] | null {
  if (body === null || body.truncated || body.bytes.length === 0 || body.bytes.length > mostBytes) return null;
  if (contentType !== undefined && !contentType.includes("json")) return null;
  if (contentEncoding !== undefined && !/^(utf-?8|binary|us-ascii)$/i.test(contentEncoding)) return null;
  try {
    const parsed: unknown = JSON.parse(Buffer.from(body.bytes).toString("utf8"));
    return Array.isArray(parsed) && parsed.length >= 2 ? [parsed[0], parsed[1]] : null;
  } catch {
    // What calls itself JSON and is none has no arguments to show; the headers may.
    return null;
  }
}

function textIn(headers: FieldTable, name: string): string | null {
  return textOf(headers.get(name)) ?? null;
}
