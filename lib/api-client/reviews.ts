import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { every, liveInterval, request } from "@/lib/api-client/client";
import type { EditRequest } from "@/lib/api-client/edits";
import type { JobDestination } from "@/lib/api-client/jobs";
import { liveWhileFew, type MessageProperties, type Page } from "@/lib/api-client/messages";
import { bytesFromBase64 } from "@/lib/format/base64";
import type { ReviewJson } from "@/lib/http/json/review-json";

/** A message that waits for a person's decision. */
export type Review = Omit<ReviewJson, "properties"> & { readonly properties: MessageProperties };
export type ReviewState = Review["state"];
export type DecisionKind = NonNullable<Review["decision"]>["kind"];

export interface ReviewFilter {
  readonly vhost: string | null;
  readonly queue?: string | undefined;
  readonly state: readonly ReviewState[];
  readonly mine: boolean;
}

/** The reviews that a filter means, page by page. */
export function reviewsQuery(filter: ReviewFilter) {
  return infiniteQueryOptions({
    queryKey: ["reviews", "list", filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ state: filter.state.join(","), limit: "100" });
      if (filter.vhost !== null) query.set("vhost", filter.vhost);
      if (filter.queue) query.set("queue", filter.queue);
      if (filter.mine) query.set("mine", "true");
      if (pageParam !== "") query.set("cursor", pageParam);
      return request<Page<Review>>("GET", `/api/reviews?${query}`, { signal });
    },
    getNextPageParam: (last) => last.next,
    refetchInterval: liveWhileFew,
  });
}

/** Bytes of a body that an opened review brings along. */
const bodyLimit = 256 * 1024;
/** No message is larger. */
const wholeBody = 128 * 1024 * 1024;

/** One review with its comments. */
export function reviewQuery(id: number) {
  return queryOptions({
    queryKey: ["reviews", "one", id],
    queryFn: ({ signal }) => request<Review>("GET", `/api/reviews/${id}?body_limit=${bodyLimit}`, { signal }),
    refetchInterval: every(liveInterval),
  });
}

/** The same with its whole body, as it was when one began to edit it. */
export function wholeReviewQuery(id: number) {
  return queryOptions({
    queryKey: ["reviews", "whole", id],
    queryFn: ({ signal }) => request<Review>("GET", `/api/reviews/${id}?body_limit=${wholeBody}`, { signal }),
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
    retry: false,
  });
}

/** The bytes of the body that came with a review. */
export function reviewBytes({ payload, payload_encoding }: Review): Uint8Array<ArrayBuffer> {
  if (payload_encoding === "base64") return bytesFromBase64(payload) ?? new Uint8Array();
  return new TextEncoder().encode(payload);
}

/** Takes it for oneself. 409 with who has it; `takeOver` takes it nevertheless. */
export function claimReview(id: number, takeOver = false) {
  return request<Review>("POST", `/api/reviews/${id}/claim`, { body: takeOver ? { take_over: true } : {} });
}

/** Gives a review that somebody has taken on back to everybody. */
export function releaseReview(id: number) {
  return request<Review>("POST", `/api/reviews/${id}/release`, { body: {} });
}

/** Adds a comment to a review. */
export function commentReview(id: number, text: string) {
  return request<Review>("POST", `/api/reviews/${id}/comments`, { body: { text } });
}

export interface Decision {
  readonly decision: DecisionKind;
  readonly comment?: string;
  readonly to?: JobDestination;
  readonly message?: Pick<EditRequest, "properties" | "payload" | "payload_encoding">;
}

/** 409 when somebody else has it, or it is decided. */
export function decideReview(id: number, decision: Decision) {
  return request<Review>("POST", `/api/reviews/${id}/decide`, { body: decision });
}
