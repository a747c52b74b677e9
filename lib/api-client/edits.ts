import { queryOptions } from "@tanstack/react-query";
import { encodeName, request } from "@/lib/api-client/client";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";
import type { EditedJson, LineageJson } from "@/lib/http/json/edit-json";

/** One message that became another by hand. */
export type Edit = LineageJson["edited_to"][number];

/** What a message becomes. */
export interface EditRequest {
  readonly exchange: string;
  readonly routing_key: string;
  readonly properties: PlainTable;
  readonly payload: string;
  readonly payload_encoding: "string" | "base64";
}

/** Stores the changed message and takes the original away, both or neither. 409 when the original is no longer there. */
export function editMessage(ref: { vhost: string; queue: string; id: number }, edited: EditRequest) {
  const path = `/api/queues/${encodeName(ref.vhost)}/${encodeName(ref.queue)}/messages/${ref.id}/edit`;
  return request<EditedJson>("POST", path, { body: edited });
}

/** Which message this one was made from, and which were made from it. */
export function lineageQuery(vhost: string, messageId: number) {
  return queryOptions({
    queryKey: ["messages", "lineage", vhost, messageId],
    queryFn: ({ signal }) =>
      request<LineageJson>("GET", `/api/messages/${encodeName(vhost)}/${messageId}/lineage`, { signal }),
  });
}
