import { encodeName, request } from "@/lib/api-client/client";
import type { DefinitionChange } from "@/lib/broker/definitions";

/** What an import does with one object. */
export type PlannedChange = DefinitionChange;

/** What an import would do. */
export interface DefinitionsPlan {
  readonly summary: Readonly<Record<PlannedChange["action"], number>>;
  readonly changes: readonly PlannedChange[];
}

/** @param vhost null: everything */
const path = (vhost: string | null) => (vhost === null ? "/api/definitions" : `/api/definitions/${encodeName(vhost)}`);

/** Everything but messages, or what is in one virtual host, in RabbitMQ's format. */
export function exportDefinitions(vhost: string | null) {
  return request<Readonly<Record<string, unknown>>>("GET", path(vhost));
}

/** What the import would do; changes nothing. */
export function planDefinitions(vhost: string | null, definitions: unknown) {
  return request<DefinitionsPlan>("POST", `${path(vhost)}?plan=true`, { body: definitions });
}

/** Imports all of it or, with a conflict, nothing. */
export function importDefinitions(vhost: string | null, definitions: unknown) {
  return request<void>("POST", path(vhost), { body: definitions });
}
