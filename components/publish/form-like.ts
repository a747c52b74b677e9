import type { Plain } from "@/components/body/header-values";
import type { BodyFile } from "@/components/publish/build";
import { type FormState, initialForm } from "@/components/publish/form-state";
import { rowOf } from "@/components/publish/header-rows";
import type { MessageProperties } from "@/lib/api-client/messages";
import { base64FromBytes } from "@/lib/format/base64";

/** Bodies up to this size are shown in the editor, in bytes; larger ones and those that aren't text are attached. */
const editorLimit = 256 * 1024;

/**
 * The form that publishes a message as it is.
 * @param fileName what a body is called that the editor can't show
 */
export function formLike(
  whole: MessageProperties,
  bytes: Uint8Array<ArrayBuffer>,
  fileName: string,
): { form: FormState; file: BodyFile | null } {
  const { headers, delivery_mode, ...properties } = whole;
  const text = textOf(bytes);
  const json = text !== null && /^\s*[[{]/.test(text);
  const form: FormState = {
    ...initialForm,
    deliveryMode: delivery_mode === 2 ? "2" : "1",
    properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)])),
    headers: Object.entries((headers ?? {}) as Record<string, Plain>).map(([name, value]) => rowOf(name, value)),
    format: text === null ? "base64" : json ? "json" : "text",
    body: text ?? "",
  };
  if (text !== null) return { form, file: null };
  return { form, file: { name: fileName, size: bytes.length, base64: base64FromBytes(bytes) } };
}

/** Bytes as text, if they are text and fit into the editor. */
export function textOf(bytes: Uint8Array<ArrayBuffer>): string | null {
  if (bytes.length > editorLimit) return null;
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

/** A body as the API takes it: as text where it is text that the editor shows. */
export function payloadOf(bytes: Uint8Array<ArrayBuffer>) {
  const text = textOf(bytes);
  if (text !== null) return { payload: text, payload_encoding: "string" as const };
  return { payload: base64FromBytes(bytes), payload_encoding: "base64" as const };
}
