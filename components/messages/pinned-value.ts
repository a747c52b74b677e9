import { type JsonNode, nodeAt, readJson, summaryOf } from "@/components/body/json-nodes";
import { bodyText } from "@/components/messages/message-body";
import type { Message } from "@/lib/api-client/messages";

// A list asks for the same message with every column and every redraw.
const read = new WeakMap<Message, readonly JsonNode[]>();

function nodesOf(message: Message): readonly JsonNode[] {
  const known = read.get(message);
  if (known) return known;
  const text = bodyText(message);
  const nodes = text !== null && /^\s*[[{]/.test(text) ? readJson(text).nodes : [];
  read.set(message, nodes);
  return nodes;
}

/** The value of a pinned field in a message's body; undefined where it isn't there. */
export function pinnedValue(message: Message, path: string): { text: string; number: boolean } | undefined {
  const node = nodeAt(nodesOf(message), path);
  if (!node) return undefined;
  return { text: summaryOf(node).slice(0, 240), number: node.kind === "number" };
}
