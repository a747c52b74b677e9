import { queryOptions } from "@tanstack/react-query";
import { encodeName, liveInterval, request } from "@/lib/api-client/client";

/** Messages that were taken out together and can be put back together. Times are ISO texts. */
export interface TrashBatch {
  readonly id: string;
  readonly action: "discard" | "purge" | "drop";
  readonly vhost: string;
  /** Null when they came from several queues. */
  readonly queue: string | null;
  readonly count: number;
  readonly by: string;
  readonly at: string;
  readonly expires_at: string;
  readonly restored_at: string | null;
}

/** What lies in the trash, of one vhost or of all. */
export function trashQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["trash", vhost],
    queryFn: ({ signal }) =>
      request<readonly TrashBatch[]>("GET", `/api/trash${vhost === null ? "" : `?vhost=${encodeName(vhost)}`}`, {
        signal,
      }),
    refetchInterval: 2 * liveInterval,
  });
}

/** Puts a batch back where it was: same queue, order and ids. */
export function restoreTrash(batch: string) {
  return request<{ readonly restored: number }>("POST", `/api/trash/${encodeName(batch)}/restore`);
}
