import { BrokerError } from "@/lib/broker/errors";
import type { LoginProtocol } from "@/lib/broker/node-facts";
import type { NodeStatus } from "@/lib/broker/topology";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { nodeJson, nodeMemoryJson } from "@/lib/http/json/node-json";
import { listed, listQuery } from "@/lib/http/listing";
import { ok } from "@/lib/http/reply";

const shortRange = { ageMs: 60_000, incrementMs: 5_000 };

async function nodes({ broker, actor }: Call): Promise<readonly NodeStatus[]> {
  return (await broker.overview(actor, shortRange)).nodes;
}

/** Throws `not-found` for a name that no process has, nor the database. */
async function nodeNamed(name: string, call: Call): Promise<NodeStatus> {
  const node = (await nodes(call)).find((one) => one.name === name);
  if (node === undefined) throw new BrokerError("not-found", `There is no node '${name}'.`);
  return node;
}

const protocols: readonly LoginProtocol[] = ["http", "amqp091"];

/** The processes, and what each tells of itself. */
export const nodeEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/nodes",
    summary: "Processes of Warren's, and the database",
    access: "look",
    manner: "rabbitmq",
    query: listQuery,
    handle: async ({ query }, call) => ok(listed((await nodes(call)).map(nodeJson), query)),
  }),
  endpoint({
    method: "GET",
    path: "/api/nodes/{name}",
    summary: "One process",
    access: "look",
    manner: "rabbitmq",
    handle: async ({ path }, call) => ok(nodeJson(await nodeNamed(path.name, call))),
  }),
  endpoint({
    method: "GET",
    path: "/api/nodes/{name}/memory",
    summary: "What a process has of the machine's memory, by RabbitMQ's names for its parts, in bytes",
    access: "look",
    manner: "rabbitmq",
    handle: async ({ path }, call) => ok({ memory: nodeMemoryJson(await nodeNamed(path.name, call)) }),
  }),
  endpoint({
    method: "GET",
    path: "/api/auth/attempts/{name}",
    summary: "How many logins there were at a process since it began, and how many failed",
    access: "look",
    manner: "rabbitmq",
    async handle({ path }, call) {
      const logins = (await nodeNamed(path.name, call)).facts?.logins ?? {};
      return ok(
        protocols.flatMap((protocol) => {
          const count = logins[protocol];
          if (count === undefined) return [];
          const { succeeded, failed } = count;
          const attempts = succeeded + failed;
          return {
            ...{ protocol, auth_attempts: attempts },
            ...{ auth_attempts_failed: failed, auth_attempts_succeeded: succeeded },
          };
        }),
      );
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/auth/attempts/{name}/source",
    summary: "Logins by where they came from: not counted, as in RabbitMQ by default; failed ones are in the audit log",
    access: "look",
    manner: "rabbitmq",
    async handle({ path }, call) {
      await nodeNamed(path.name, call);
      return ok([]);
    },
  }),
];
