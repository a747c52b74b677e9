import { BrokerError } from "@/lib/broker/errors";
import { endpoint } from "@/lib/http/endpoint";
import { listed, listQuery } from "@/lib/http/listing";
import { noContent, ok } from "@/lib/http/reply";

/** Those of RabbitMQ's feature flags that say something that is true of Warren; none can be switched off. */
const flags = [
  ["drop_unroutable_metric", "Count unroutable publishes that are dropped"],
  ["implicit_default_bindings", "Bindings of the default exchange are implicit"],
  ["quorum_queue", "Queues of the type `quorum`"],
  ["user_limits", "Connection and channel limits of a user"],
  ["virtual_host_metadata", "Description and tags of virtual hosts"],
] as const;

const flagsJson = flags.map(([name, desc]) => ({
  name,
  desc,
  doc_url: "",
  state: "enabled",
  stability: "required",
  provided_by: "warren",
}));

const list = { method: "GET", access: "look", manner: "rabbitmq", query: listQuery } as const;

export const featureEndpoints = [
  endpoint({
    ...list,
    path: "/api/feature-flags",
    summary: "RabbitMQ's feature flags that hold here; all of them are enabled",
    handle: async ({ query }) => ok(listed(flagsJson, query)),
  }),
  endpoint({
    method: "PUT",
    path: "/api/feature-flags/{name}/enable",
    summary: "Enable a feature flag: nothing happens to one that is, and there are no others",
    access: "administer",
    manner: "rabbitmq",
    async handle({ path }) {
      if (!flagsJson.some(({ name }) => name === path.name)) throw new BrokerError("bad-request", "unsupported");
      return noContent();
    },
  }),
  endpoint({
    ...list,
    path: "/api/deprecated-features",
    summary: "Features that are going to be removed: none",
    handle: async ({ query }) => ok(listed([], query)),
  }),
  endpoint({
    ...list,
    path: "/api/deprecated-features/used",
    summary: "Features in use that are going to be removed: none",
    handle: async ({ query }) => ok(listed([], query)),
  }),
];
