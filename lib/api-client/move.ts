import { encodeName, request } from "@/lib/api-client/client";

/** `matched = done + skipped_count`; at most 100 of the skipped are listed. */
export interface MoveResult {
  readonly matched: number;
  readonly done: number;
  readonly skipped_count: number;
  readonly skipped: readonly { readonly queue: string; readonly id: number; readonly why: string }[];
}

/** Moves all ready messages of a queue to the end of another one of the same vhost. */
export function moveAll(vhost: string, from: string, to: string) {
  return request<MoveResult>("POST", `/api/queues/${encodeName(vhost)}/${encodeName(from)}/move`, {
    body: { destination: { exchange: "", routing_key: to }, all: true },
  });
}
