import { endpoint } from "@/lib/http/endpoint";
import { listed, listQuery } from "@/lib/http/listing";
import { ok } from "@/lib/http/reply";

/** Lists of RabbitMQ's API that are empty here: Warren has no AMQP connections, hence no channels and consumers. */
const emptyList = { method: "GET", access: "look", manner: "rabbitmq", query: listQuery } as const;

export const connectionEndpoints = [
  ...["connections", "channels", "consumers"].map((noun) =>
    endpoint({
      ...emptyList,
      path: `/api/${noun}`,
      summary: `AMQP ${noun}: none`,
      handle: async ({ query }) => ok(listed([], query)),
    }),
  ),
  endpoint({
    ...emptyList,
    path: "/api/consumers/{vhost}",
    summary: "AMQP consumers of a virtual host: none",
    async handle({ path, query }, { broker, actor }) {
      await broker.getVhost(actor, path.vhost);
      return ok(listed([], query));
    },
  }),
  ...(["connections", "channels"] as const).map((noun) =>
    endpoint({
      ...emptyList,
      path: `/api/vhosts/{vhost}/${noun}`,
      summary: `AMQP ${noun} of a virtual host: none`,
      async handle({ path, query }, { broker, actor }) {
        await broker.getVhost(actor, path.vhost);
        return ok(listed([], query));
      },
    }),
  ),
];
