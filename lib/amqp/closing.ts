import { frameType } from "@/lib/amqp/wire/constants";
import { idOf } from "@/lib/amqp/wire/content-assembler";

/**
 * What a frame means on a connection, or a channel, that is being closed from this side: only the peer's answer, or its
 * own close, which may have crossed ours. Null for anything else, which means nothing any more.
 */
export function closingFrame(
  of: "connection" | "channel",
  type: number,
  buffer: Buffer,
  start: number,
  end: number,
): "close" | "close-ok" | null {
  if (type !== frameType.method || end - start < 4) return null;
  const [close, closeOk] = [idOf(`${of}.close`), idOf(`${of}.close-ok`)];
  if (buffer.readUInt16BE(start) !== close.classId) return null;
  const method = buffer.readUInt16BE(start + 2);
  if (method === close.methodId) return "close";
  return method === closeOk.methodId ? "close-ok" : null;
}
