import { z } from "zod";
import { NODE_NAME } from "@/lib/http/compatibility";
import { endpoint } from "@/lib/http/endpoint";
import { overviewJson } from "@/lib/http/json/overview-json";
import { withColumns } from "@/lib/http/listing";
import { ok } from "@/lib/http/reply";
import { shortText } from "@/lib/http/schemas";
import { askedStats, statsQuery } from "@/lib/http/stats-query";

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
];
