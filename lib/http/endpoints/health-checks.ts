import { BrokerError } from "@/lib/broker/errors";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { ok, type Reply } from "@/lib/http/reply";

/** Other names under which RabbitMQ knows its protocols (rabbitmq.com/docs/monitoring#health-checks). */
const aliases: Readonly<Record<string, string>> = {
  amqp091: "amqp",
  "amqp0.9.1": "amqp",
  "amqp0-9-1": "amqp",
  "amqp/tls": "amqp/ssl",
  amqps: "amqp/ssl",
};

const shortRange = { ageMs: 60_000, incrementMs: 5_000 };

/** Checks that come down to whether the broker answers: what else they look at in RabbitMQ there isn't here. */
const answering = [
  [
    "health/checks/local-alarms",
    "Whether an alarm is on at this node: Warren has none, and 503 says that the database is away",
  ],
  [
    "health/checks/alarms",
    "Whether an alarm is on in the cluster: Warren has none, and 503 says that the database is away",
  ],
  ["health/checks/virtual-hosts", "Whether all virtual hosts are running"],
  ["health/checks/node-is-mirror-sync-critical", "Whether messages would be lost without this node: never"],
  ["health/checks/node-is-quorum-critical", "Whether queues would stand still without this node: never"],
  ["health/checks/ready-to-serve-clients", "Whether clients can be served"],
  ["health/checks/is-in-service", "Whether the node takes part"],
  [
    "health/checks/below-node-connection-limit",
    "Whether the node may take more connections: there is no limit of a node",
  ],
  ["health/checks/metadata-store/initialized", "Whether what is declared can be read"],
  ["healthchecks/node", "Whether the node works (RabbitMQ has given this one up)"],
] as const;

async function listeners({ broker, actor }: Call) {
  return (await broker.overview(actor, shortRange)).listeners;
}

const daysIn = new Map([
  ["days", 1],
  ["weeks", 7],
  ["months", 365 / 12],
  ["years", 365],
]);

/** Throws `bad-request`, in RabbitMQ's words. */
function daysOf(within: string, unit: string): number {
  const days = daysIn.get(unit);
  if (days === undefined) {
    const units = [...daysIn.keys()].join(", ");
    throw new BrokerError("bad-request", `Time unit not recognised. Supported units: ${units}.`);
  }
  if (!/^[+-]?\d{1,9}$/.test(within)) throw new BrokerError("bad-request", "Invalid expiration value.");
  return Number(within) * days;
}

function failed(facts: Readonly<Record<string, unknown>>): Reply {
  return { ...ok({ status: "failed", reason: "No active listener", ...facts }), status: 503 };
}

/** RabbitMQ's health checks: 200, or 503 and what is wrong. */
export const healthCheckEndpoints = [
  ...answering.map(([name, summary]) =>
    endpoint({
      method: "GET",
      path: `/api/${name}`,
      summary,
      access: "look",
      manner: "rabbitmq",
      async handle(_input, { broker, actor }) {
        await broker.listVhosts(actor);
        return ok({ status: "ok" });
      },
    }),
  ),
  endpoint({
    method: "GET",
    path: "/api/health/checks/port-listener/{port}",
    summary: "Whether connections are taken at this port",
    access: "look",
    manner: "rabbitmq",
    async handle({ path: { port } }, call) {
      const ports = [...new Set((await listeners(call)).map((listener) => listener.port))];
      return ports.includes(port) ? ok({ status: "ok", port }) : failed({ missing: port, ports });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/health/checks/protocol-listener/{name}",
    summary: "Whether connections of this protocol are taken: amqp, amqp/ssl (or amqps) or http",
    access: "look",
    manner: "rabbitmq",
    async handle({ path: { name } }, call) {
      const protocol = aliases[name] ?? name;
      const protocols: string[] = [...new Set((await listeners(call)).map((listener) => listener.protocol))];
      return protocols.includes(protocol) ? ok({ status: "ok", protocol }) : failed({ missing: protocol, protocols });
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/health/checks/certificate-expiration/{within}/{unit}",
    summary:
      "Whether the certificates that are shown to clients are good for so many `days`, `weeks`, `months` or `years`",
    access: "look",
    manner: "rabbitmq",
    async handle({ path: { within, unit } }, call) {
      const until = Date.now() + daysOf(within, unit) * 24 * 60 * 60_000;
      const expired = (await listeners(call)).flatMap(({ node, protocol, address, port, certificateUntil }) =>
        certificateUntil === null || certificateUntil.getTime() > until
          ? []
          : { node, protocol, interface: address, port, certfile_expires_on: certificateUntil.toISOString() },
      );
      if (expired.length === 0) return ok({ status: "ok" });
      return { ...ok({ status: "failed", reason: "Certificates expiring", expired }), status: 503 };
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/healthchecks/node/{name}",
    summary: "Whether this node runs",
    access: "look",
    manner: "rabbitmq",
    async handle({ path: { name } }, { broker, actor }) {
      const { nodes } = await broker.overview(actor, shortRange);
      const node = nodes.find((one) => one.name === name);
      if (node === undefined) throw new BrokerError("not-found", `There is no node '${name}'.`);
      return ok(node.running ? { status: "ok" } : { status: "failed", reason: "The node does not run." });
    },
  }),
];
