import amqp, { type ChannelModel, type ConsumeMessage } from "amqplib";
import { Connection as TransactionalConnection } from "rabbitmq-client";
import { pause } from "@/test/soak/faults";
import type { Lane } from "@/test/soak/lane";
import type { Holder } from "@/test/soak/ledger";
import { copiesOf, exchange, oneOf, type SoakWorld, workQueues } from "@/test/soak/world";

/** So many publishes wait for their confirms at a time. */
const mostUnconfirmed = 20;

/** Publishes with confirms, and connects again, to any of the nodes, whenever its connection breaks. */
export async function amqpPublisher(world: SoakWorld, name: string): Promise<void> {
  let number = 0;
  await sessions(world, world.publishing, async (connection, ended) => {
    const channel = await connection.createConfirmChannel();
    channel.on("error", () => {});
    const unconfirmed = new Set<string>();
    // To one queue alone it may go straight to a consumer of the same node, before it is stored.
    const queue = world.random() < 0.5 ? oneOf(world, workQueues) : null;
    const session = Math.floor(20 + world.random() * 400);
    for (let sent = 0; sent < session && !ended.aborted && !world.publishing.aborted; ) {
      if (unconfirmed.size >= mostUnconfirmed) {
        await pause(2);
        continue;
      }
      const body = `${name}-${number++}`;
      sent++;
      unconfirmed.add(body);
      const copies = queue === null ? copiesOf(body) : [`${queue}/${body}`];
      world.ledger.published(copies, "unknown");
      const confirmed = (error: unknown) => {
        unconfirmed.delete(body);
        if (error === null || error === undefined) world.ledger.published(copies, "known");
      };
      const [to, key] = queue === null ? [exchange, ""] : ["", queue];
      channel.publish(to, key, Buffer.from(body), { persistent: true }, confirmed);
      if (world.random() < 0.5) await pause(world.random() * 20);
    }
    // Half of them wait for their confirms before they go.
    if (world.random() < 0.5) await Promise.race([channel.waitForConfirms(), endOf(ended)]).catch(() => {});
  });
}

/** Publishes in transactions, every other of which is rolled back. */
export async function transactionalPublisher(world: SoakWorld, name: string): Promise<void> {
  let number = 0;
  while (!world.publishing.aborted) {
    const connection = new TransactionalConnection({
      url: `amqp://guest:guest@127.0.0.1:${oneOf(world, world.cluster.nodesOf("broker")).port}`,
      connectionTimeout: 5_000,
      acquireTimeout: 5_000,
      retryHigh: 500,
    });
    connection.on("error", () => {});
    try {
      const channel = await connection.acquire();
      channel.on("error", () => {});
      await channel.txSelect();
      for (let count = 0; count < 20 && !world.publishing.aborted; count++) {
        const rollsBack = world.random() < 0.5;
        const bodies = [0, 1, 2].map(() => `${name}-${number++}`);
        const copies = bodies.flatMap(copiesOf);
        world.ledger.published(copies, rollsBack ? "rolled back" : "unknown");
        for (const body of bodies) await channel.basicPublish({ exchange, durable: true }, body);
        if (rollsBack) await channel.txRollback();
        else {
          await channel.txCommit();
          world.ledger.published(copies, "known");
        }
        await pause(world.random() * 50);
      }
    } catch {
      // The next connection goes on; what was being committed is in doubt.
    } finally {
      connection.unsafeDestroy();
    }
    await pause(50);
  }
}

/** Consumes and acknowledges, requeues and rejects; closes its channel or breaks its connection with messages in hand. */
export async function amqpConsumer(world: SoakWorld, name: string, queue: string): Promise<void> {
  let number = 0;
  await sessions(world, world.consuming, async (connection, ended, node) => {
    const holder: Holder = { name: `${name}.${++number}`, until: null, node };
    const prefetch = oneOf(world, [1, 5, 30]);
    const channel = await connection.createChannel();
    channel.on("error", () => {});
    await channel.prefetch(prefetch);
    const inHand = new Map<ConsumeMessage, string>();
    const dropAll = () => {
      for (const copy of inHand.values()) world.ledger.letGo(copy, holder.name);
      inHand.clear();
    };
    ended.addEventListener("abort", dropAll);
    await channel.consume(queue, (message) => {
      if (message === null || ended.aborted) return;
      const copy = `${queue}/${message.content}`;
      inHand.set(message, copy);
      world.ledger.delivered(copy, holder, message.fields.redelivered);
      if (inHand.size > prefetch) world.ledger.violation(`${holder.name} holds ${inHand.size}, more than ${prefetch}`);
      setTimeout(() => settle(message), world.random() * 10);
    });
    const settle = (message: ConsumeMessage) => {
      const copy = inHand.get(message);
      if (copy === undefined || ended.aborted) return;
      const dice = world.random();
      // Some it never answers, so that it loses them when it ends.
      if (dice < 0.01) return;
      inHand.delete(message);
      if (dice < 0.1) {
        world.ledger.letGo(copy, holder.name);
        channel.nack(message, false, true);
      } else if (dice < 0.15) {
        world.ledger.rejected(copy, holder.name);
        channel.nack(message, false, false);
      } else {
        world.ledger.acknowledged(copy, holder.name, "unknown");
        channel.ack(message);
      }
    };
    await Promise.race([pause(500 + world.random() * 4_000), endOf(ended), endOf(world.consuming)]);
    dropAll();
    if (world.random() < 0.5) await channel.close().catch(() => {});
  });
}

/** Publishes the numbers of a lane, one after the other, over one channel at a time. */
export async function lanePublisher(world: SoakWorld, lane: Lane): Promise<void> {
  let number = 0;
  await sessions(world, world.publishing, async (connection, ended, node) => {
    const channel = await connection.createConfirmChannel();
    channel.on("error", () => {});
    const over = endOf(ended);
    while (!ended.aborted && !world.publishing.aborted) {
      const batch = Array.from({ length: 1 + Math.floor(world.random() * 5) }, () => number++);
      const confirms = batch.map(
        (one) =>
          new Promise<void>((resolve) => {
            channel.publish("", lane.queue, Buffer.from(String(one)), { persistent: true }, (error) => {
              if (error === null || error === undefined) lane.confirmed(one, node);
              resolve();
            });
          }),
      );
      await Promise.race([Promise.all(confirms), over]);
      await pause(world.random() * 60);
    }
  });
}

/** Takes a lane's numbers one by one, and requeues some. */
export async function laneConsumer(world: SoakWorld, lane: Lane): Promise<void> {
  let session = 0;
  await sessions(world, world.consuming, async (connection, ended, node) => {
    session++;
    const own = session;
    const channel = await connection.createChannel();
    channel.on("error", () => {});
    await channel.prefetch(1);
    await channel.consume(lane.queue, (message) => {
      if (message === null || ended.aborted) return;
      const number = Number(message.content);
      lane.delivered(number, own, node);
      if (world.random() < 0.15) channel.nack(message, false, true);
      else {
        lane.acknowledged(number);
        channel.ack(message);
      }
    });
    await Promise.race([pause(2_000 + world.random() * 6_000), endOf(ended), endOf(world.consuming)]);
  });
}

/** Connects to any of the nodes, works, and does so again, until it is told to end. */
async function sessions(
  world: SoakWorld,
  until: AbortSignal,
  work: (connection: ChannelModel, ended: AbortSignal, node: string) => Promise<void>,
): Promise<void> {
  while (!until.aborted) {
    const { port, name } = oneOf(world, world.cluster.nodesOf("broker"));
    const ended = new AbortController();
    let connection: ChannelModel | undefined;
    try {
      connection = await amqp.connect(`amqp://guest:guest@127.0.0.1:${port}`, { timeout: 5_000 });
      connection.on("error", () => {});
      connection.on("close", () => ended.abort());
      await Promise.race([work(connection, ended.signal, name), endOf(ended.signal)]);
    } catch {
      // Broken off; the next session begins.
    }
    ended.abort();
    if (connection) await breakOff(world, connection);
    await pause(50 + world.random() * 100);
  }
}

/** Some say good-bye, some just vanish. */
async function breakOff(world: SoakWorld, connection: ChannelModel): Promise<void> {
  const { stream } = connection.connection as unknown as { stream: { destroy(): void } };
  if (world.random() < 0.5) {
    await Promise.race([connection.close().catch(() => {}), pause(2_000)]);
  }
  stream.destroy();
}

function endOf(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
}
