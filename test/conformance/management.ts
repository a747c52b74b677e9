import { type ChannelModel, type ConfirmChannel, connect } from "amqplib";
import { startRabbitMq } from "@/test/conformance/rabbitmq-server";
import { eventually } from "@/test/conformance/side";
import { startApiWithDoors } from "@/test/http/engine-api";

/** A broker through its management API and its AMQP door. */
export interface ManagementSide {
  call(
    method: string,
    path: string,
    body?: unknown,
    as?: string,
  ): Promise<{ readonly status: number; readonly json: unknown }>;
  /** The header Location of the answer to a POST. */
  location(path: string, body: unknown): Promise<string | null>;
  amqp(as?: string, vhost?: string): Promise<ChannelModel>;
  /** Publishes to a queue, one after the other; says of each whether it was confirmed. */
  publish(queue: string, bodies: readonly string[]): Promise<boolean[]>;
  /** Takes everything that is in a queue. */
  drain(queue: string): Promise<string[]>;
  /** The policies of a queue and what they come to. */
  applied(queue: string): Promise<unknown>;
}

/** Warren first, then RabbitMQ, both empty. Everybody's password is their name. */
export async function managementSides(): Promise<{ readonly both: readonly ManagementSide[]; close(): Promise<void> }> {
  const [warren, rabbit] = await Promise.all([startApiWithDoors(1), startRabbitMq({ management: true })]);
  const [door] = warren.doors;
  if (door === undefined) throw new Error("there is a door");
  const connections: ChannelModel[] = [];
  const sides = [
    side(connections, `127.0.0.1:${door.port}`, async (method, path, body, as) => {
      const { status, json, headers } = await warren.api.call(method, path, { body, as });
      return { status, json, location: headers.get("location") };
    }),
    side(connections, new URL(rabbit.url).host, async (method, path, body, as) => {
      const response = await fetch(`${rabbit.management}${path}`, {
        method,
        headers: { authorization: `Basic ${Buffer.from(as).toString("base64")}`, "content-type": "application/json" },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const json = text === "" ? undefined : JSON.parse(text);
      return { status: response.status, json, location: response.headers.get("location") };
    }),
  ];
  return {
    both: sides,
    close: async () => {
      await Promise.all(connections.map((connection) => connection.close().catch(() => {})));
      await Promise.all([warren.close(), rabbit.stop()]);
    },
  };
}

type Call = (
  method: string,
  path: string,
  body: unknown,
  as: string,
) => Promise<{ status: number; json: unknown; location: string | null }>;

function side(connections: ChannelModel[], host: string, call: Call): ManagementSide {
  let channel: Promise<ConfirmChannel> | undefined;
  const amqp = async (as = "guest", vhost = "/") => {
    const connection = await connect(`amqp://${as}:${as}@${host}/${encodeURIComponent(vhost)}`);
    connection.on("error", () => {});
    connections.push(connection);
    return connection;
  };
  const open = () => {
    channel ??= amqp().then((connection) => connection.createConfirmChannel());
    return channel;
  };
  return {
    call: (method, path, body, as = "guest") => call(method, path, body, as.includes(":") ? as : `${as}:${as}`),
    location: async (path, body) => (await call("POST", path, body, "guest:guest")).location,
    amqp,
    async publish(queue, bodies) {
      const confirms = await open();
      const outcomes: boolean[] = [];
      for (const body of bodies) {
        outcomes.push(
          await new Promise<boolean>((resolve) => {
            confirms.sendToQueue(queue, Buffer.from(body), {}, (error) => resolve(!error));
          }),
        );
      }
      return outcomes;
    },
    async drain(queue) {
      const taker = await open();
      const bodies: string[] = [];
      for (let got = await taker.get(queue, { noAck: true }); got; got = await taker.get(queue, { noAck: true })) {
        bodies.push(got.content.toString());
      }
      return bodies;
    },
    async applied(queue) {
      const ask = async () => (await call("GET", `/api/queues/%2F/${queue}`, undefined, "guest:guest")).json as Applied;
      // RabbitMQ's statistics come a moment after the queue.
      await eventually(async () => "effective_policy_definition" in (await ask()));
      const { policy, operator_policy, effective_policy_definition } = await ask();
      return { policy: policy ?? null, operator_policy: operator_policy ?? null, effective_policy_definition };
    },
  };
}

interface Applied {
  readonly policy?: string;
  readonly operator_policy?: string;
  readonly effective_policy_definition?: unknown;
}
