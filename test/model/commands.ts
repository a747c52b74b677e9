import fc from "fast-check";
import { expect } from "vitest";
import { systemActor } from "@/lib/broker/actor";
import type { Leased } from "@/lib/broker/broker";
import { messageStates } from "@/lib/broker/message";
import { fromPlain } from "@/lib/broker/properties/plain";
import type { BulkResult, Selection, Settlement } from "@/lib/broker/requests";
import { minuteMs, type Pair, queueNames, visible, type World } from "@/test/model/world";

/** One step of a sequence; fast-check shows it by `toString` and leaves out what doesn't matter when one fails. */
class Step implements fc.AsyncCommand<World, World> {
  readonly #text: string;
  readonly #run: (world: World) => Promise<void>;

  constructor(name: string, parameters: unknown, run: (world: World) => Promise<void>) {
    this.#text = `${name}(${JSON.stringify(parameters)})`;
    this.#run = run;
  }

  check(): boolean {
    return true;
  }

  run(world: World): Promise<void> {
    return world.step(() => this.#run(world));
  }

  toString(): string {
    return this.#text;
  }
}

function step<T>(name: string, parameters: fc.Arbitrary<T>, run: (world: World, given: T) => Promise<void>) {
  return parameters.map((given) => new Step(name, given, (world) => run(world, given)));
}

/** Mostly one of the latest, which is the more likely still of use. */
const index = fc.oneof({ weight: 3, arbitrary: fc.nat(3) }, { weight: 1, arbitrary: fc.nat(50) });
const minutes = fc.integer({ min: 0, max: 12 }).map((tens) => tens * 10);
/**
 * The steps among a few queues. A sequence that keeps to few of them comes across more that hangs together.
 */
function stepsAmong(names: readonly string[]) {
  const queue = fc.constantFrom(...names);
  const target = fc.oneof(
    { weight: 2, arbitrary: queue.map((routingKey) => ({ exchange: "", routingKey })) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom("a.b", "a.c", "x.b", "a", "x")
        .map((routingKey) => ({ exchange: "events", routingKey })),
    },
  );

  const publish = step(
    "publish",
    fc.record({
      to: target,
      bytes: fc.integer({ min: 1, max: 12 }),
      priority: fc.option(fc.nat(5), { nil: undefined }),
      expiresIn: fc.option(fc.constantFrom(0, 25, 55), { nil: undefined }),
      CC: fc.option(fc.array(queue, { maxLength: 2 }), { nil: undefined }),
      delivery: fc.constantFrom(1, 2),
      times: fc.constantFrom(1, 1, 2, 4),
    }),
    async (world, { to, bytes, priority, expiresIn, CC, delivery, times }) => {
      const properties = {
        deliveryMode: delivery,
        ...(CC && { headers: fromPlain({ CC }) }),
        ...(priority !== undefined && { priority }),
        ...(expiresIn !== undefined && { expiration: String(expiresIn * minuteMs) }),
      };
      for (let i = 0; i < times; i++) {
        const body = world.nextBody(bytes);
        // An expired message takes up room until somebody notices.
        await world.settleDown();
        await world.same(async (broker) => {
          const outcome = await broker.publish(systemActor, { vhost: world.vhost, ...to, properties, body });
          return { routed: outcome.routed, queues: [...outcome.queues].sort(), rejected: [...outcome.rejected].sort() };
        });
      }
    },
  );

  const lease = step(
    "lease",
    fc.record({
      queue,
      max: fc.integer({ min: 1, max: 4 }),
      minutes: fc.constantFrom(15, 35, 125),
      autoAck: fc.boolean(),
      countAs: fc.constantFrom("get" as const, "deliver" as const),
      boundToNode: fc.boolean(),
    }),
    async (world, { queue, max, minutes, autoAck, countAs, boundToNode }) => {
      const request = {
        vhost: world.vhost,
        queue,
        max,
        visibilityTimeoutMs: minutes * minuteMs,
        waitMs: 0,
        autoAck,
        countAs,
        boundToNode,
      };
      const [model, engine] = await world.both((broker) => broker.lease(systemActor, request));
      if (typeof model === "string" || typeof engine === "string") {
        expect(engine).toEqual(model);
        return;
      }
      expect(engine.map(inHand)).toEqual(model.map(inHand));
      for (const [i, one] of model.entries()) {
        const other = engine[i]?.receipt;
        if (one.receipt !== null && other) world.receipts.push({ model: one.receipt, engine: other, queue });
      }
    },
  );

  const outcome: fc.Arbitrary<Settlement["outcome"]> = fc.oneof(
    fc.constant({ kind: "ack" as const }),
    fc.record({
      kind: fc.constant("requeue" as const),
      delayMs: fc.constantFrom(0, 0, 35 * minuteMs),
      counts: fc.boolean(),
    }),
    fc.record({ kind: fc.constant("reject" as const) }),
    fc.constant({ kind: "reject" as const, error: { type: "TypeError", message: "it broke" } }),
  );

  const settle = step(
    "settle",
    fc.array(fc.record({ which: index, outcome }), { minLength: 1, maxLength: 3 }),
    (world, settlements) => {
      // One at a time: what is settled together is settled in any order.
      const chosen = settlements.flatMap(({ which, outcome }) => {
        const receipt = pick(world.receipts, which);
        return receipt ? [{ receipt, outcome }] : [];
      });
      return world.same(async (broker, side) => {
        const results = [];
        for (const { receipt, outcome } of chosen) {
          results.push(...(await broker.settle(systemActor, [{ receipt: receipt[side], outcome }])));
        }
        return results.map(({ result }) => result);
      });
    },
  );

  const acknowledge = step("acknowledge", fc.array(index, { minLength: 1, maxLength: 6 }), (world, which) => {
    const chosen = which.flatMap((one) => pick(world.receipts, one) ?? []);
    return world.same(async (broker, side) => {
      const results = await broker.settle(
        systemActor,
        chosen.map((receipt) => ({ receipt: receipt[side], outcome: { kind: "ack" } })),
      );
      return results.map(({ result }) => result);
    });
  });

  const extend = step("extend", fc.record({ which: index, minutes: fc.constantFrom(5, 65) }), async (world, given) => {
    const receipt = pick(world.receipts, given.which);
    if (!receipt) return;
    await world.same(
      async (broker, side) => (await broker.extendLease(systemActor, receipt[side], given.minutes * minuteMs)).result,
    );
  });

  const advance = step("advance", minutes, (world, given) => world.advance(given));

  const purge = step("purge", queue, (world, name) =>
    throwing(world, async (broker) => {
      const { messages, trash } = await broker.purgeQueue(systemActor, world.vhost, name);
      return { did: messages, trash };
    }),
  );

  const selection: fc.Arbitrary<Selection> = fc.oneof(
    fc.constant({ kind: "all" as const }),
    queue.map((name) => ({ kind: "all" as const, queue: name })),
    queue.map((originQueue) => ({ kind: "all" as const, filter: { originQueue } })),
    fc
      .constantFrom("rejected" as const, "expired" as const)
      .map((reason) => ({ kind: "all" as const, filter: { reason } })),
  );

  const discard = step("discard", selection, (world, given) =>
    throwing(world, async (broker) => {
      const result = await broker.discardDeadLetters(systemActor, world.vhost, given);
      return { did: result.done, trash: result.trash };
    }),
  );

  const restore = step("restore", index, async (world, which) => {
    const batch = pick(world.trash, which);
    if (!batch) return;
    await world.same((broker, side) => broker.restoreTrash(systemActor, batch[side]));
  });

  const retry = step(
    "retry",
    fc.record({ selection, to: fc.option(target, { nil: undefined }) }),
    (world, { selection, to }) =>
      world.same(async (broker) =>
        done(await broker.retryDeadLetters(systemActor, { vhost: world.vhost, selection, ...(to && { to }) })),
      ),
  );

  const move = step("move", fc.record({ from: queue, to: target }), (world, { from, to }) =>
    world.same(async (broker) =>
      done(await broker.moveMessages(systemActor, { vhost: world.vhost, from, to, selection: { kind: "all" } })),
    ),
  );

  const peek = step(
    "peek",
    fc.record({
      queue,
      states: fc.subarray([...messageStates], { minLength: 1 }),
      order: fc.constantFrom("oldest" as const, "newest" as const),
      limit: fc.integer({ min: 1, max: 5 }),
    }),
    (world, { queue, ...request }) =>
      world.same(async (broker) => {
        const all = [];
        let cursor: string | null = null;
        do {
          const page = await broker.peek(systemActor, {
            vhost: world.vhost,
            queue,
            bodyLimit: 100,
            ...request,
            ...(cursor !== null && { cursor }),
          });
          all.push(...page.items.map(visible));
          cursor = page.next;
        } while (cursor !== null);
        return all;
      }),
  );

  const declareTemp = step("declare temp", fc.constant(null), (world) => world.declareQueue("temp"));
  const bindTemp = step("bind temp", fc.constantFrom("#", "a.*", "x"), (world, key) =>
    world.bind("events", "temp", key),
  );
  const deleteTemp = step("delete temp", fc.boolean(), async (world, ifEmpty) => {
    const [model, engine] = await world.both((broker) =>
      broker.deleteQueue(systemActor, world.vhost, "temp", { ifUnused: false, ifEmpty }),
    );
    expect(engine).toEqual(model);
    // What is held of it is cleared away some time later, and until then it can be settled, or not: nobody can tell.
    if (typeof model !== "string") world.receipts = world.receipts.filter(({ queue }) => queue !== "temp");
  });

  const fold = step("fold", fc.constant(null), (world) => world.engine.foldCounters());
  const turn = step("turn", fc.nat(1), async (world, index) => world.engine.turnTo(index));
  const stopNode = step("stop node", fc.constant(null), (world) => world.loseNode((nodes) => nodes.stopNode()));
  const killNode = step("kill node", fc.constant(null), (world) => world.loseNode((nodes) => nodes.killNode()));
  const restart = step("restart postgres", fc.constantFrom("clean" as const, "immediate" as const), (world, how) =>
    world.engine.restartPostgres(how),
  );

  const often = [publish, publish, publish, lease, lease, settle, settle, turn, advance];
  const atTimes = [acknowledge, extend, purge, discard, restore, retry, move, peek, declareTemp, bindTemp, deleteTemp];
  return fc.oneof(
    ...often.map((arbitrary) => ({ arbitrary, weight: 60 })),
    ...[...atTimes, fold].map((arbitrary) => ({ arbitrary, weight: 30 })),
    // A restart takes as long as fifty steps, one of Postgres as long as two hundred.
    ...[stopNode, killNode].map((arbitrary) => ({ arbitrary, weight: 12 })),
    { arbitrary: restart, weight: 4 },
  );
}

/** Sequences of commands, the everyday ones more often. */
export function commands(maxCommands: number) {
  return fc
    .subarray([...queueNames], { minLength: 1, maxLength: 3 })
    .chain((names) => fc.commands<World, World, false>([stepsAmong(names)], { maxCommands, size: "max" }));
}

/** What a consumer sees of a message that it is given. */
function inHand({ body, exchange, routingKey, redelivered, deliveryCount, bodySize, receipt }: Leased): unknown {
  return {
    body: Buffer.from(body).toString(),
    exchange,
    routingKey,
    redelivered,
    deliveryCount,
    bodySize,
    held: receipt !== null,
  };
}

/** Something that throws messages away: as many on both sides, and the two batches are one from now on. */
async function throwing(
  world: World,
  call: (broker: Parameters<Parameters<World["both"]>[0]>[0]) => Promise<{ did: number; trash: string | null }>,
): Promise<void> {
  const [model, engine] = await world.both(call);
  if (typeof model === "string" || typeof engine === "string") {
    expect(engine).toEqual(model);
    return;
  }
  expect({ did: engine.did, any: engine.trash !== null }).toEqual({ did: model.did, any: model.trash !== null });
  if (model.trash !== null && engine.trash !== null) world.trash.push({ model: model.trash, engine: engine.trash });
}

function done({ matched, done, skippedCount }: BulkResult) {
  expect(matched).toBe(done + skippedCount);
  return { done };
}

function pick(pairs: readonly Pair[], which: number): Pair | undefined {
  // From the latest, where most of those are that are still of use.
  return pairs.length === 0 ? undefined : pairs[pairs.length - 1 - (which % pairs.length)];
}
