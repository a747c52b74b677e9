import { packingOf } from "@/components/body/unpack";
import { celeryCall } from "@/components/messages/celery-call";
import { bytesOf, type Message } from "@/lib/api-client/messages";
import { formatBytes } from "@/lib/format/numbers";

// A list asks for the same message with every column and every redraw.
const texts = new WeakMap<Message, { readonly text: string | null }>();

/** A message's body as text; null where it is none. */
export function bodyText(message: Message): string | null {
  const known = texts.get(message);
  if (known) return known.text;
  const text = textOf(message);
  texts.set(message, { text });
  return text;
}

function textOf(message: Message): string | null {
  if (message.payload_encoding === "string") return message.payload;
  const bytes = bytesOf(message);
  if (packingOf(bytes, message.properties.content_encoding)) return null;
  // A cut may go through a character, so the last three bytes prove nothing.
  const sure = message.payload_truncated ? bytes.subarray(0, Math.max(0, bytes.length - 3)) : bytes;
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(sure, { stream: true });
    return /[\u0001-\u0008\u000e-\u001f]/.test(text) ? null : text;
  } catch {
    return null;
  }
}

/** A body in one line for a list; what is not text is named instead. */
export function previewOf(message: Message): { text: string; binary: boolean } {
  if (message.celery) return { text: celeryCall(message.celery), binary: false };
  const text = bodyText(message);
  if (message.payload_bytes === 0) return { text: "empty", binary: true };
  if (text === null) {
    const packing = packingOf(bytesOf(message), message.properties.content_encoding);
    return { text: `${packing ?? "binary"}, ${formatBytes(message.payload_bytes)}`, binary: true };
  }
  return { text: text.slice(0, 600).replace(/\s+/g, " ").trim().slice(0, 240), binary: false };
}
