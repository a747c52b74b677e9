import { queryOptions } from "@tanstack/react-query";
import { encodeName, every, liveInterval, request } from "@/lib/api-client/client";
import type { ErrorPolicyJson, NextJson, SimulationJson } from "@/lib/http/json/failure-json";

/** A rule that decides what happens to messages that fail. */
export type ErrorPolicy = ErrorPolicyJson;
export type When = ErrorPolicy["when"];
export type Action = ErrorPolicy["action"];
export type NextAction = NextJson;
export type Simulation = SimulationJson;
export type SimulatedFailure = Simulation["items"][number];

/** What a person says about a rule. */
export type PolicyInput = Pick<ErrorPolicy, "name" | "queue" | "pattern" | "when" | "action" | "enabled">;

const path = (vhost: string) => `/api/error-policies/${encodeName(vhost)}`;

/** The rules of one vhost in their order, or of all vhosts. */
export function errorPoliciesQuery(vhost: string | null) {
  return queryOptions({
    queryKey: ["error-policies", "list", vhost],
    queryFn: ({ signal }) =>
      request<readonly ErrorPolicy[]>("GET", vhost === null ? "/api/error-policies" : path(vhost), { signal }),
    refetchInterval: every(2 * liveInterval),
  });
}

/** Appends a rule. 409 when the name is taken. */
export function createPolicy(vhost: string, policy: PolicyInput) {
  return request<ErrorPolicy>("POST", path(vhost), { body: policy });
}

/** 409 with `detail.present` when somebody else was first. */
export function changePolicy(vhost: string, id: number, policy: PolicyInput & { readonly version: number }) {
  return request<ErrorPolicy>("PUT", `${path(vhost)}/${id}`, { body: policy });
}

/** Deletes an error policy as it was seen: 409 when it has another version by now. */
export function deletePolicy({ vhost, id, version }: Pick<ErrorPolicy, "vhost" | "id" | "version">) {
  return request<void>("DELETE", `${path(vhost)}/${id}?version=${version}`);
}

/** @param to a direction, an end, or the new position from 1 */
export function movePolicy({ vhost, id }: Pick<ErrorPolicy, "vhost" | "id">, to: "up" | "down" | number) {
  return request<readonly ErrorPolicy[]>("POST", `${path(vhost)}/${id}/move`, { body: { to } });
}

/** Lets an error policy hold, or not. */
export function enablePolicy({ vhost, id }: Pick<ErrorPolicy, "vhost" | "id">, enabled: boolean) {
  return request<ErrorPolicy>("POST", `${path(vhost)}/${id}/enabled`, { body: { enabled } });
}

/** What a simulation is about: a made-up failure, or the last that happened. */
export interface SimulationRequest {
  /** The changed list, complete and in order; left out: the rules in force. */
  readonly policies?: readonly (PolicyInput & { readonly id?: number })[];
  readonly of:
    | {
        readonly failure: {
          readonly queue: string;
          readonly reason: string;
          readonly error_type?: string;
          readonly error_message?: string;
          readonly headers?: Readonly<Record<string, string>>;
          readonly attempts?: number;
          readonly age_ms?: number;
        };
      }
    | { readonly last: number; readonly queue?: string };
}

/** What the rules would have done; nothing happens. */
export function simulate(vhost: string, wanted: SimulationRequest, signal?: AbortSignal) {
  return request<Simulation>("POST", `${path(vhost)}/simulate`, { body: wanted, ...(signal && { signal }) });
}
