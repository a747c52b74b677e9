import type { Edit, EditOutcome, Lineage } from "@/lib/broker/edits";
import { propertiesToJson } from "@/lib/broker/properties/properties-json";
import { payloadJson } from "@/lib/http/json/payload";

/** What became of an edit. */
export function editedJson(outcome: EditOutcome) {
  return {
    message_id: outcome.messageId,
    queues: outcome.queues,
    trash: outcome.trash,
    edited_from: outcome.editedFrom,
  };
}
export type EditedJson = ReturnType<typeof editedJson>;

/** Which message became which. */
export function lineageJson(lineage: Lineage) {
  return {
    edited_from: lineage.editedFrom && editJson(lineage.editedFrom),
    edited_to: lineage.editedTo.map(editJson),
  };
}
export type LineageJson = ReturnType<typeof lineageJson>;

function editJson(edit: Edit) {
  const { original } = edit;
  return {
    at: edit.at.toISOString(),
    by: edit.by,
    from_message_id: edit.fromMessageId,
    to_message_id: edit.toMessageId,
    queue: edit.queue,
    trash: edit.trash,
    original: {
      exchange: original.exchange,
      routing_key: original.routingKey,
      properties: propertiesToJson(original.properties, { exact: true }),
      // Null when it is no longer retained.
      ...(original.body === null ? { payload: null, payload_encoding: null } : payloadJson(original.body)),
      payload_bytes: original.body?.length ?? null,
    },
  };
}
