import { queryOptions } from "@tanstack/react-query";
import { liveInterval, request } from "@/lib/api-client/client";
import { live } from "@/lib/api-client/live/flow";

export interface SampleStatus {
  readonly state: "absent" | "running" | "stopped" | "removing";
  /** When it came into this state, as an ISO time. */
  readonly since: string | null;
  readonly vhost: string;
}

export const sampleQuery = queryOptions({
  queryKey: ["sample"],
  queryFn: ({ signal }) => request<SampleStatus>("GET", "/api/sample", { signal }),
  refetchInterval: live(liveInterval),
});

export const startSample = () => request<SampleStatus>("POST", "/api/sample/start");
export const stopSample = () => request<SampleStatus>("POST", "/api/sample/stop");
export const removeSample = () => request<SampleStatus>("DELETE", "/api/sample");
