import type { Plain } from "@/components/body/header-values";
import { readJson } from "@/components/body/json-nodes";
import { deliveryOptions, deliveryProblem } from "@/components/publish/delivery";
import type { FormState } from "@/components/publish/form-state";
import { checkHeader, headerValue } from "@/components/publish/header-rows";
import { filler } from "@/components/publish/placeholders";
import { allProperties, checkShort } from "@/components/publish/properties";
import type { Publishing } from "@/lib/api-client/publish";
import { bytesFromBase64 } from "@/lib/format/base64";

/** A file that takes the place of what is typed as the body. */
export interface BodyFile {
  readonly name: string;
  readonly size: number;
  readonly base64: string;
}

/** What a form sends for its `n`th message. */
export function buildPublishing(form: FormState, routingKey: string, file: BodyFile | null, n: number): Publishing {
  return publishingOf(form, routingKey, file, filler(n));
}

/** What a form sends. @param fill fills in placeholders, or leaves every text as it is */
export function publishingOf(
  form: FormState,
  routingKey: string,
  file: BodyFile | null,
  fill: (text: string) => string,
): Publishing {
  const properties: Record<string, unknown> = { delivery_mode: Number(form.deliveryMode) };
  for (const { name, convert } of allProperties) {
    const value = fill(form.properties[name] ?? "");
    if (value !== "") properties[name] = convert ? convert(value) : value;
  }
  const headers = headersOf(form, fill);
  if (Object.keys(headers).length > 0) properties.headers = headers;
  return {
    properties,
    routing_key: fill(routingKey),
    ...deliveryOptions(form.delivery),
    ...payloadOf(form, file, fill),
  };
}

/** The headers of a form; rows without a name are not sent. */
export function headersOf(form: Pick<FormState, "headers">, fill: (text: string) => string): Record<string, Plain> {
  return Object.fromEntries(
    form.headers.filter((row) => row.name !== "").map((row) => [row.name, headerValue(row, fill)]),
  );
}

function payloadOf(form: FormState, file: BodyFile | null, fill: (text: string) => string) {
  if (file) return { payload: file.base64, payload_encoding: "base64" as const };
  if (form.format === "base64") return { payload: form.body.replace(/\s+/g, ""), payload_encoding: "base64" as const };
  return { payload: fill(form.body), payload_encoding: "string" as const };
}

/** Where a form can't be sent as it is. */
export interface Problems {
  readonly properties: ReadonlyMap<string, string>;
  /** By the row's key. */
  readonly headers: ReadonlyMap<string, string>;
  readonly routingKey: string | null;
  readonly body: string | null;
  readonly count: number;
}

/** Everything that keeps a form from being sent. A body that claims to be JSON and isn't is a warning, not a problem. */
export function problemsOf(form: FormState, routingKey: string, file: BodyFile | null): Problems {
  const fill = filler(1);
  const properties = new Map<string, string>();
  for (const { name, check } of allProperties) {
    const value = fill(form.properties[name] ?? "");
    const wrong = value === "" ? null : (check?.(value) ?? checkShort(value));
    if (wrong !== null) properties.set(name, wrong);
  }
  const headers = new Map<string, string>();
  const names = new Set<string>();
  for (const row of form.headers) {
    const value = row.text !== "" || row.items.length > 0;
    const wrong =
      row.name === ""
        ? value
          ? "A header needs a name"
          : null
        : names.has(row.name)
          ? "There is a header of this name already"
          : (checkShort(row.name) ?? checkHeader(row, fill));
    names.add(row.name);
    if (wrong !== null) headers.set(row.key, wrong);
  }
  const key = checkShort(fill(routingKey));
  const body = !file && form.format === "base64" && bytesFromBase64(form.body) === null ? "This is not base64" : null;
  const delivery = deliveryProblem(form.delivery) === null ? 0 : 1;
  const count = delivery + properties.size + headers.size + (key === null ? 0 : 1) + (body === null ? 0 : 1);
  return { properties, headers, routingKey: key, body, count };
}

/** The size of a form's body in bytes, and whether it is what its format says. */
export interface BodyCheck {
  readonly bytes: number;
  readonly verdict: "valid" | "invalid" | "plain";
  readonly words: string;
}

/** Judges the body as it would be sent now. */
export function checkBody(form: FormState, file: BodyFile | null): BodyCheck {
  if (file) return { bytes: file.size, verdict: "plain", words: "from a file, sent as it is" };
  if (form.format === "base64") {
    const bytes = bytesFromBase64(form.body);
    return bytes
      ? { bytes: bytes.length, verdict: "valid", words: "Valid base64" }
      : { bytes: 0, verdict: "invalid", words: "Not base64" };
  }
  const text = filler(1)(form.body);
  const bytes = new TextEncoder().encode(text).length;
  if (form.format === "text") return { bytes, verdict: "plain", words: "Text, sent as UTF-8" };
  const { error } = readJson(text);
  if (!error) return { bytes, verdict: "valid", words: "Valid JSON" };
  return { bytes, verdict: "invalid", words: `Line ${error.line}, column ${error.column}: ${error.message}` };
}

/** JSON set with two blanks a level, numbers and placeholders as they were typed; null where it isn't JSON. */
export function formatJson(text: string): string | null {
  const { nodes, error } = readJson(text);
  if (error) return null;
  const pieces: string[] = [];
  const open: number[] = [];
  const close = (upTo: number) => {
    for (let at = open.at(-1); at !== undefined; at = open.at(-1)) {
      const node = nodes[at];
      if (!node || node.end > upTo) return;
      open.pop();
      pieces.push(`\n${"  ".repeat(node.depth)}${node.kind === "object" ? "}" : "]"}`);
    }
  };
  nodes.forEach((node, index) => {
    close(index);
    if (node.depth > 0)
      pieces.push(`${nodes[index - 1] === nodes[node.parent] ? "" : ","}\n${"  ".repeat(node.depth)}`);
    if (typeof node.key === "string") pieces.push(`${JSON.stringify(node.key)}: `);
    if (node.kind === "object" || node.kind === "array") {
      const brackets = node.kind === "object" ? "{}" : "[]";
      pieces.push(node.size === 0 ? brackets : (brackets[0] ?? ""));
      if (node.size > 0) open.push(index);
    } else pieces.push(node.kind === "string" ? JSON.stringify(node.text) : node.text);
  });
  close(nodes.length);
  return pieces.join("");
}
