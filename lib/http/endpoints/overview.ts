import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { NODE_NAME } from "@/lib/http/compatibility";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { overviewJson } from "@/lib/http/json/overview-json";
import { nodeJson } from "@/lib/http/json/topology-json";
import { listed, listQuery, withColumns } from "@/lib/http/listing";
import { ok } from "@/lib/http/reply";
import { shortText } from "@/lib/http/schemas";
import { askedStats, statsQuery } from "@/lib/http/stats-query";

const shortRange = { ageMs: 60_000, incrementMs: 5_000 };

async function nodes({ broker, actor }: Call) {
  const overview = await broker.overview(actor, shortRange);
  return overview.nodes.map(nodeJson);
}

export const overviewEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/overview",
    summary: "Counts, rates and their history, objects and nodes, of what the user may see; of one vhost with `vhost`",
    access: "look",
    manner: "rabbitmq",
    query: statsQuery.extend({ columns: z.string().optional(), vhost: shortText.optional() }),
    async handle({ query }, { broker, actor }) {
      const asked = askedStats(query);
      const scope = query.vhost === undefined ? undefined : { vhosts: [query.vhost] };
      return ok(withColumns(overviewJson(await broker.overview(actor, asked.range, scope), asked), query));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/cluster-name",
    summary: "The name of the cluster",
    access: "user",
    manner: "rabbitmq",
    handle: async () => ok({ name: NODE_NAME }),
  }),
  endpoint({
    method: "GET",
    path: "/api/extensions",
    summary: "Extensions of RabbitMQ's management pages: none",
    access: "look",
    manner: "rabbitmq",
    handle: async () => ok([]),
  }),
  endpoint({
    method: "GET",
    path: "/api/nodes",
    summary: "Processes of Warren's, and the database",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    handle: async ({ query }, call) => ok(listed(await nodes(call), query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/nodes/{name}",
    summary: "One process",
    access: "look",
    manner: "rabbitmq",
    async handle({ path }, call) {
      const node = (await nodes(call)).find(({ name }) => name === path.name);
      if (node === undefined) throw new BrokerError("not-found", `There is no node '${path.name}'.`);
      return ok(node);
    },
  }),
];
