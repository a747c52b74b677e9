import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { encodeName, every, liveInterval, request } from "@/lib/api-client/client";
import { liveWhileFew, type Page } from "@/lib/api-client/messages";
import type { NoticeJson, NotificationTargetJson } from "@/lib/http/json/notification-json";

/** Where a rule tells of failures. */
export type NotificationTarget = NotificationTargetJson;
/** One message to a target: failures of one cause within a while. */
export type Notice = NoticeJson;

/** What a person says about a target. A secret that is left out stays as it is; null takes it away. */
export interface TargetInput {
  readonly name: string;
  readonly kind: NotificationTarget["kind"];
  readonly enabled: boolean;
  readonly group_ms: number;
  readonly per_hour: number;
  readonly url?: string;
  readonly secret?: string | null;
  readonly smtp?: {
    readonly host: string;
    readonly port: number;
    readonly security: "none" | "starttls" | "tls";
    readonly user: string | null;
    readonly password?: string | null;
    readonly from: string;
    readonly to: readonly string[];
  };
}

const targetPath = (name: string) => `/api/notification-targets/${encodeName(name)}`;

export const notificationTargetsQuery = queryOptions({
  queryKey: ["notifications", "targets"],
  queryFn: ({ signal }) => request<readonly NotificationTarget[]>("GET", "/api/notification-targets", { signal }),
  refetchInterval: every(5 * liveInterval),
});

/** What was told, or is about to be; newest first. */
export function noticesQuery(filter: { readonly target?: string; readonly state?: string }) {
  return infiniteQueryOptions({
    queryKey: ["notifications", "notices", filter],
    initialPageParam: "",
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: "100" });
      if (filter.target) query.set("target", filter.target);
      if (filter.state) query.set("state", filter.state);
      if (pageParam !== "") query.set("cursor", pageParam);
      return request<Page<Notice>>("GET", `/api/notices?${query}`, { signal });
    },
    getNextPageParam: (last) => last.next,
    refetchInterval: liveWhileFew,
  });
}

/** Adds somebody to tell. 409 where there is one of that name. */
export function createTarget(target: TargetInput) {
  return request<NotificationTarget>("POST", "/api/notification-targets", { body: target });
}

/** 409 when somebody else was first. */
export function changeTarget(name: string, target: TargetInput & { readonly version: number }) {
  return request<NotificationTarget>("PUT", targetPath(name), { body: target });
}

/** 412 while a rule uses it; `detail.used_by` says which. */
export function deleteTarget(name: string) {
  return request<void>("DELETE", targetPath(name));
}

/** Sends a notice that says it is a test. */
export function testTarget(name: string) {
  return request<{
    readonly result: "sent" | "failed";
    readonly status: number | null;
    readonly error: string | null;
    readonly ms: number;
  }>("POST", `${targetPath(name)}/test`, { body: {} });
}

/** Sends a notice that failed once more. */
export function retryNotice(id: string) {
  return request<Notice>("POST", `/api/notices/${encodeName(id)}/retry`, { body: {} });
}
