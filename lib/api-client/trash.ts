import { queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { TrashBatchJson } from "@/lib/http/json/message-json";

/**
 * Messages that were taken out together and can be put back together; `queue` is null when they came from several. With
 * `bindings` it is the whole queue that was deleted.
 */
export type TrashBatch = TrashBatchJson;

/** How long the engine keeps what was discarded, in ms; each batch says its own `expires_at` once it is there. */
const trashKeeps = 7 * 24 * 60 * 60 * 1000;

/** Until when something that is put into the trash now can be restored. */
export function restorableUntil(now: Date): Date {
  return new Date(now.getTime() + trashKeeps);
}

/** What lies in the trash, of one vhost or of all. */
export function trashQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["trash", vhost],
    queryFn: ({ signal }) =>
      request<readonly TrashBatch[]>("GET", `/api/trash${vhost === null ? "" : `?vhost=${encodeName(vhost)}`}`, {
        signal,
      }),
    refetchInterval: live(2 * liveInterval),
  });
}

/** Puts a batch back where it was: same queue, order and ids; of a deleted queue, all of it. */
export function restoreTrash(batch: string) {
  return request<{ readonly restored: number }>("POST", `/api/trash/${encodeName(batch)}/restore`);
}
