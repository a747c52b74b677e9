import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExchangeType } from "@/lib/broker/topology";
import { type RabbitMqServer, rabbitMqIsInstalled, startRabbitMq } from "@/test/conformance/rabbitmq-server";
import { rabbitMqSide } from "@/test/conformance/rabbitmq-side";
import { drain, type Sent, type Side } from "@/test/conformance/side";
import { warrenSide } from "@/test/conformance/warren-side";
import { ModelBroker } from "@/test/model/model-broker";

/** A slow machine compares fewer. */
const timeLimitMs = 240_000;
/** How many random topologies are compared; WARREN_CONFORMANCE_RUNS raises it. */
const runs = Number(process.env.WARREN_CONFORMANCE_RUNS ?? 30);

interface Topology {
  readonly exchanges: readonly { readonly type: ExchangeType; readonly alternate: number | null }[];
  readonly toQueues: readonly {
    readonly from: number;
    readonly queue: number;
    readonly key: string;
    readonly wanted: object;
  }[];
  readonly toExchanges: readonly { readonly from: number; readonly to: number; readonly key: string }[];
}

const exchangeCount = 4;
const queueCount = 4;
const exchangeIndex = fc.nat(exchangeCount - 1);
const word = fc.constantFrom("a", "b", "", "*", "#");
const pattern = fc.array(word, { maxLength: 4 }).map((words) => words.join("."));
const key = fc.array(fc.constantFrom("a", "b", ""), { maxLength: 4 }).map((words) => words.join("."));
/** No 1.0: RabbitMQ 3.10 holds 1 and 1.0 for equal, 4.x does not, and nor do we (docs/compatibility.md). */
const value = fc.constantFrom<unknown>(
  1,
  { "!int8": 1 },
  2,
  "1",
  "a",
  true,
  false,
  null,
  ["a", 1],
  { n: 1 },
  { "!timestamp": 1 },
  0.5,
);
const headers = fc.dictionary(fc.constantFrom("h", "i", "x-h"), value, { maxKeys: 3 });
const wanted = fc
  .tuple(headers, fc.constantFrom("all", "any", "all-with-x", "any-with-x", undefined))
  .map(([table, mode]) => ({ ...table, ...(mode && { "x-match": mode }) }));

const topologies: fc.Arbitrary<Topology> = fc.record({
  exchanges: fc.array(
    fc.record({
      type: fc.constantFrom<ExchangeType>("direct", "topic", "fanout", "headers"),
      alternate: fc.option(exchangeIndex),
    }),
    { minLength: exchangeCount, maxLength: exchangeCount },
  ),
  toQueues: fc.array(fc.record({ from: exchangeIndex, queue: fc.nat(queueCount - 1), key: pattern, wanted }), {
    minLength: 2,
    maxLength: 10,
  }),
  toExchanges: fc.array(fc.record({ from: exchangeIndex, to: exchangeIndex, key: pattern }), { maxLength: 4 }),
});

const copies = fc.option(fc.array(key, { maxLength: 2 }), { nil: undefined });
const messages: fc.Arbitrary<readonly Sent[]> = fc
  .array(fc.record({ exchange: exchangeIndex, key, headers, CC: copies, BCC: copies }), {
    minLength: 10,
    maxLength: 15,
  })
  .map((all) =>
    all.map(({ exchange, key, headers, CC, BCC }, i) => ({
      exchange: `x${exchange}`,
      key,
      body: `m${i}`,
      headers: { ...headers, ...(CC && { CC }), ...(BCC && { BCC }) },
    })),
  );

describe.skipIf(!rabbitMqIsInstalled())("routing, as RabbitMQ does it", () => {
  let server: RabbitMqServer;
  beforeAll(async () => {
    server = await startRabbitMq();
  });
  afterAll(() => server?.stop());

  test("random topologies of all exchange types, bindings between exchanges, alternates, CC and BCC", async () => {
    await fc.assert(
      fc.asyncProperty(topologies, messages, async (topology, sent) => {
        const [theirs, ours] = await Promise.all([
          routedThrough(await rabbitMqSide(server.url), topology, sent),
          routedThrough(await warrenSide(new ModelBroker(), "test"), topology, sent),
        ]);
        expect(ours).toEqual(theirs);
      }),
      { numRuns: runs, interruptAfterTimeLimit: timeLimitMs },
    );
  }, 600_000);
});

/** Which bodies came to which queue, and with which headers. */
async function routedThrough(side: Side, topology: Topology, sent: readonly Sent[]): Promise<unknown> {
  try {
    await declare(side, topology);
    for (const message of sent) await side.publish(message);
    const arrived = [];
    for (let i = 0; i < queueCount; i++) {
      const seen = await drain(side, `q${i}`);
      arrived.push(seen.map(({ body, headers }) => ({ body, names: Object.keys(headers).sort() })));
    }
    return arrived;
  } finally {
    await side.close();
  }
}

async function declare(side: Side, { exchanges, toQueues, toExchanges }: Topology): Promise<void> {
  for (const [i, { type, alternate }] of exchanges.entries()) {
    await side.exchange(`x${i}`, type, alternate === null ? {} : { alternate: `x${alternate}` });
  }
  for (let i = 0; i < queueCount; i++) await side.queue(`q${i}`);
  for (const { from, queue, key, wanted } of toQueues) {
    // Only a headers exchange has a use for them; elsewhere they would make bindings that differ in nothing else.
    const given = exchanges[from]?.type === "headers" ? wanted : {};
    await side.bindQueue(`x${from}`, `q${queue}`, key, given as Record<string, unknown>);
  }
  for (const { from, to, key } of toExchanges) await side.bindExchange(`x${from}`, `x${to}`, key);
}
