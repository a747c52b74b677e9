import { Client } from "pg";
import { pause } from "@/test/soak/faults";
import { call, copiesOf, exchange, oneOf, type SoakWorld } from "@/test/soak/world";

const vhost = "%2F";

interface Leased {
  readonly receipt: string;
  readonly leased_until: string;
  readonly redelivered: boolean;
  readonly payload: string;
}

/** Publishes over HTTP; some messages for a little later. */
export async function httpPublisher(world: SoakWorld, name: string): Promise<void> {
  for (let number = 0; !world.publishing.aborted; number++) {
    const body = `${name}-${number}`;
    world.ledger.published(copiesOf(body), "unknown");
    try {
      await call(oneOf(world, world.cluster.nodesOf("web")), "POST", `exchanges/${vhost}/${exchange}/publish`, {
        ...{ routing_key: "", payload: body, properties: { delivery_mode: 2 } },
        ...(world.random() < 0.1 && { deliver_after: Math.floor(world.random() * 2_000) }),
      });
      world.ledger.published(copiesOf(body), "known");
    } catch {
      await pause(50);
    }
    await pause(world.random() * 20);
  }
}

/** Publishes from a database transaction of its own, every other of which is rolled back. */
export async function sqlPublisher(world: SoakWorld, name: string): Promise<void> {
  for (let number = 0; !world.publishing.aborted; number++) {
    const body = `${name}-${number}`;
    const rollsBack = world.random() < 0.5;
    const client = new Client({ connectionString: world.cluster.databaseUrl, application_name: "warren sql user" });
    client.on("error", () => {});
    world.ledger.published(copiesOf(body), rollsBack ? "rolled back" : "unknown");
    try {
      await client.connect();
      await client.query("BEGIN");
      await client.query("SELECT warren.publish($1, '', convert_to($2, 'UTF8'))", [exchange, body]);
      await pause(world.random() * 20);
      const { command } = await client.query(rollsBack ? "ROLLBACK" : "COMMIT");
      if (command === "COMMIT") world.ledger.published(copiesOf(body), "known");
    } catch {
      await pause(50);
    } finally {
      await client.end().catch(() => {});
    }
    await pause(world.random() * 60);
  }
}

/** Leases over HTTP: acknowledges, requeues, rejects, lets leases run out, and settles too late. */
export async function httpConsumer(world: SoakWorld, name: string, queue: string): Promise<void> {
  for (let number = 0; !world.consuming.aborted; number++) {
    const node = oneOf(world, world.cluster.nodesOf("web"));
    try {
      const { messages } = await call<{ messages: readonly Leased[] }>(
        node,
        "POST",
        `queues/${vhost}/${queue}/leases`,
        {
          ...{ count: 20, visibility_timeout_ms: 1_500, wait_ms: 500 },
        },
      );
      messages.forEach((message, index) => {
        const holder = { name: `${name}.${number}.${index}`, until: Date.parse(message.leased_until), node: node.name };
        world.ledger.delivered(`${queue}/${message.payload}`, holder, message.redelivered);
      });
      await Promise.all(messages.map((message, index) => settle(world, queue, `${name}.${number}.${index}`, message)));
    } catch {
      await pause(100);
    }
  }
}

async function settle(world: SoakWorld, queue: string, holder: string, { receipt, payload }: Leased): Promise<void> {
  const copy = `${queue}/${payload}`;
  const dice = world.random();
  // Some workers just die: their lease runs out.
  if (dice < 0.03) return;
  // Others are so slow that it has run out, and perhaps passed on, when they settle.
  if (dice < 0.06) await pause(1_400 + world.random() * 600);
  const outcome = dice < 0.12 ? "requeue" : dice < 0.17 ? "reject" : "ack";
  // The answer comes after the message has been free for a while.
  if (outcome !== "ack") world.ledger.letGo(copy, holder);
  try {
    const { results } = await call<{ results: readonly { result: string }[] }>(
      oneOf(world, world.cluster.nodesOf("web")),
      "POST",
      "leases/settle",
      { settlements: [{ receipt, outcome }] },
    );
    if (outcome === "ack" && results[0]?.result === "settled") world.ledger.acknowledged(copy, holder, "known");
    else world.ledger.letGo(copy, holder);
  } catch {
    if (outcome === "ack") world.ledger.acknowledged(copy, holder, "unknown");
  }
}
