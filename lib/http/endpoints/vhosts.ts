import { z } from "zod";
import { endpoint } from "@/lib/http/endpoint";
import { vhostJson } from "@/lib/http/json/topology-json";
import { listed, listQuery } from "@/lib/http/listing";
import { createdOrNot, noContent, ok } from "@/lib/http/reply";
import { text } from "@/lib/http/schemas";
import { tagList } from "@/lib/http/user-body";

export const vhostEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/vhosts",
    summary: "All virtual hosts",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    async handle({ query }, { broker, actor }) {
      const [vhosts, queues] = await Promise.all([broker.listVhosts(actor), broker.listQueues(actor, {})]);
      return ok(
        listed(
          vhosts.map((vhost) => vhostJson(vhost, queues)),
          query,
        ),
      );
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/vhosts/{name}",
    summary: "One virtual host",
    access: "look",
    manner: "rabbitmq",
    async handle({ path }, { broker, actor }) {
      const vhost = await broker.getVhost(actor, path.name);
      return ok(vhostJson(vhost, await broker.listQueues(actor, { vhost: path.name })));
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/vhosts/{name}",
    summary: "Create a virtual host, or change its description and tags",
    access: "administer",
    manner: "rabbitmq",
    body: z.object({ description: text.optional(), tags: tagList.optional() }),
    audit: "vhost.put",
    async handle({ path, body }, { broker, actor }) {
      const { created } = await broker.putVhost(actor, {
        name: path.name,
        ...(body.description !== undefined && { description: body.description }),
        ...(body.tags !== undefined && { tags: body.tags }),
      });
      return createdOrNot(created);
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/vhosts/{name}",
    summary: "Delete a virtual host and everything in it",
    access: "administer",
    manner: "rabbitmq",
    audit: "vhost.delete",
    async handle({ path }, { broker, actor }) {
      await broker.deleteVhost(actor, path.name);
      return noContent();
    },
  }),
];
