import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { ApiError, encodeName, liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";
import type { PlainTable } from "@/lib/api-client/rabbitmq-json";
import type { MessageState } from "@/lib/broker/message";
import { bytesFromBase64 } from "@/lib/format/base64";
import type { BulkJson, PeekedJson } from "@/lib/http/json/message-json";

/** One copy of a message in a queue, as the API renders it. Times are ISO texts. */
export type Message = Omit<PeekedJson, "properties" | "death"> & {
  readonly properties: MessageProperties;
  readonly death: Death | null;
};
export type Death = NonNullable<PeekedJson["death"]>;

/** Properties by their AMQP names; absent ones are absent. */
export interface MessageProperties {
  readonly content_type?: string;
  readonly content_encoding?: string;
  readonly delivery_mode?: number;
  readonly headers?: PlainTable;
  readonly [name: string]: unknown;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export type Order = "oldest" | "newest";

export interface MessagesRequest {
  /** Null: of all vhosts. */
  readonly vhost: string | null;
  /** Absent: all queues of the vhost. */
  readonly queue?: string | undefined;
  readonly state?: MessageState | undefined;
  readonly order: Order;
  /** As typed in a search field, without `queue:` and `state:`. */
  readonly q: string;
  /** Bytes of each body to bring. */
  readonly bodyLimit: number;
}

/** Messages of a page. */
export const pageSize = 100;
/** Bytes of a body that a message brings along when it is opened. */
const detailBodyLimit = 256 * 1024;

const queuePath = (vhost: string, queue: string) => `/api/queues/${encodeName(vhost)}/${encodeName(queue)}`;

/** The address of one message in the API. */
function messagePath(ref: { vhost: string; queue: string; id: number }): string {
  return `${queuePath(ref.vhost, ref.queue)}/messages/${ref.id}`;
}

/** Reads without consuming, page after page. Live while few pages are loaded, since all of them are read again. */
export function messagesQuery(wanted: MessagesRequest) {
  const { vhost, queue, state, order, q, bodyLimit } = wanted;
  const ofVhost = vhost === null ? "/api/messages" : `/api/messages/${encodeName(vhost)}`;
  const path = vhost === null || queue === undefined ? ofVhost : `${queuePath(vhost, queue)}/messages`;
  return infiniteQueryOptions({
    queryKey: ["messages", "list", vhost, queue ?? null, state ?? null, order, q, bodyLimit],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ order, limit: String(pageSize), body_limit: String(bodyLimit) });
      if (state !== undefined) query.set("state", state);
      const search = vhost === null && queue !== undefined ? `queue:"${queue}" ${q}`.trim() : q;
      if (search !== "") query.set("q", search);
      if (pageParam !== "") query.set("cursor", pageParam);
      return request<Page<Message>>("GET", `${path}?${query}`, { signal });
    },
    getNextPageParam: (last) => last.next,
    refetchInterval: liveWhileFew,
  });
}

/** How often a list in pages is read again, in ms: seldom when long, not at all when very long. */
export function liveWhileFew(query: {
  readonly state: { readonly status: string; readonly data: { readonly pages: readonly unknown[] } | undefined };
}): number | false {
  const pages = query.state.data?.pages.length ?? 0;
  if (pages <= 1) return live(liveInterval)(query);
  return pages <= 4 ? 3 * liveInterval : false;
}

/** Reads one message with the beginning of its body. Throws ApiError. */
export function readMessage(ref: { vhost: string; queue: string; id: number }, signal: AbortSignal): Promise<Message> {
  return request<Message>("GET", `${messagePath(ref)}?body_limit=${detailBodyLimit}`, { signal });
}

/** One message with the beginning of its body, kept up to date. */
export function messageQuery(ref: { vhost: string; queue: string; id: number }) {
  return queryOptions({
    queryKey: ["messages", "one", ref.vhost, ref.queue, ref.id],
    queryFn: ({ signal }) => readMessage(ref, signal),
    refetchInterval: live(liveInterval),
  });
}

/** Where a browser gets the exact bytes of a body as a file. */
export function bodyHref(ref: { vhost: string; queue: string; id: number }): string {
  return `${messagePath(ref)}/body`;
}

/** The exact bytes of a whole body. Throws ApiError. */
export async function loadBody(ref: { vhost: string; queue: string; id: number }): Promise<Uint8Array<ArrayBuffer>> {
  let response: Response;
  try {
    response = await fetch(bodyHref(ref), { credentials: "same-origin", headers: { "x-requested-with": "warren" } });
  } catch {
    throw new ApiError(0, "unreachable", "The server did not answer.");
  }
  if (response.status === 404) throw new ApiError(404, "not-found", "The message has left this queue meanwhile.");
  if (!response.ok) throw new ApiError(response.status, "error", `The server answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

const decoded = new WeakMap<Message, Uint8Array<ArrayBuffer>>();

/** The bytes that came with a message: the whole body or its beginning. */
export function bytesOf(message: Message): Uint8Array<ArrayBuffer> {
  const known = decoded.get(message);
  if (known) return known;
  const bytes =
    message.payload_encoding === "base64"
      ? (bytesFromBase64(message.payload) ?? new Uint8Array())
      : new TextEncoder().encode(message.payload);
  decoded.set(message, bytes);
  return bytes;
}

/** What became of an operation on many: `matched` = `done` + `skipped_count`. */
export type BulkResult = BulkJson;
