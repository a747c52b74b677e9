import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Administration } from "@/lib/broker/administration";
import type { PolicyDefinition, PolicyKind, PolicyTarget } from "@/lib/broker/policy";
import { AccessControl } from "@/lib/engine/access/access-control";
import { postgresAdministration } from "@/lib/engine/administration/postgres-administration";
import { eventually } from "@/test/conformance/side";
import {
  bind,
  bodies,
  type Cluster,
  codeOf,
  createCluster,
  declare,
  declareExchange,
  lease,
  publish,
  settle,
  tester,
} from "@/test/engine/core/cluster";

let cluster: Cluster;
let administration: Administration;
beforeAll(async () => {
  cluster = await createCluster(2);
  const { context } = cluster.nodes[0] as (typeof cluster.nodes)[0];
  administration = postgresAdministration(context, new AccessControl(context));
});
afterAll(() => cluster.close());

interface Given {
  readonly kind?: PolicyKind;
  readonly applyTo?: PolicyTarget;
  readonly priority?: number;
}

async function policy(name: string, pattern: string, definition: PolicyDefinition, given: Given = {}) {
  const { kind = "user", applyTo = "all", priority = 0 } = given;
  await administration.putPolicy(tester, kind, { vhost: "/", name, pattern, definition, applyTo, priority });
}

const other = () => (cluster.nodes[1] as (typeof cluster.nodes)[0]).broker;
const status = (queue: string) => other().getQueue(tester, "/", queue);
const ready = async (queue: string) => (await status(queue)).counts.ready;

describe("which policy applies", () => {
  it("is the one with the highest priority whose pattern and target fit, of each kind", async () => {
    await declare(cluster.broker, "which.a");
    await declareExchange(cluster.broker, "which.a", "fanout");
    await policy("which low", "^which\\.", { "max-length": 1 });
    await policy("which high", "^which\\.", { "max-length": 2 }, { priority: 5, applyTo: "queues" });
    await policy("which quorum", "^which\\.", { "max-length": 3 }, { priority: 9, applyTo: "quorum_queues" });
    await policy("which else", "^whichever", { "max-length": 4 }, { priority: 10 });
    await policy("which operator", "^which\\.", { "message-ttl": 9_000 }, { kind: "operator" });
    expect((await status("which.a")).policies).toEqual({
      policy: "which high",
      operatorPolicy: "which operator",
      definition: { "max-length": 2, "message-ttl": 9_000 },
    });
    expect((await other().getExchange(tester, "/", "which.a")).policies.policy).toBe("which low");
    await administration.deletePolicy(tester, "user", "/", "which high");
    expect((await status("which.a")).policies.policy).toBe("which low");
    expect(await codeOf(administration.deletePolicy(tester, "user", "/", "which high"))).toBe("not-found");
  });

  it("gives the lower of two limits, and lets the argument win where it is no limit", async () => {
    await policy("lower", "^lower\\.", {
      "max-length": 3,
      overflow: "reject-publish",
      "dead-letter-exchange": "theirs",
    });
    await policy("lower operator", "^lower\\.", { "max-length": 2 }, { kind: "operator" });
    await declare(cluster.broker, "lower.plain");
    await declare(cluster.broker, "lower.one", { "x-max-length": 1 });
    await declare(cluster.broker, "lower.five", { "x-max-length": 5, "x-overflow": "drop-head" });
    const publishFive = async (queue: string) => {
      const outcomes = [];
      for (const body of "abcde") outcomes.push((await publish(other(), queue, body)).rejected.length === 0);
      return [outcomes, bodies(await lease(other(), queue, { autoAck: true }))];
    };
    expect(await publishFive("lower.plain")).toEqual([
      [true, true, false, false, false],
      ["a", "b"],
    ]);
    expect(await publishFive("lower.one")).toEqual([[true, false, false, false, false], ["a"]]);
    expect(await publishFive("lower.five")).toEqual([
      [true, true, true, true, true],
      ["d", "e"],
    ]);
  });
});

describe("a change of a policy", () => {
  it("holds at once for what other nodes publish, and cuts queues that are too long", async () => {
    await declare(cluster.broker, "cut.dead");
    await declare(cluster.broker, "cut.long");
    for (const body of "abcdef") await publish(other(), "cut.long", body);
    await policy("cut", "^cut\\.long$", {
      "max-length": 2,
      "dead-letter-exchange": "",
      "dead-letter-routing-key": "cut.dead",
    });
    expect([await ready("cut.long"), await ready("cut.dead")]).toEqual([2, 4]);
    await policy("cut", "^cut\\.long$", { "max-length": 2, overflow: "reject-publish" });
    expect((await publish(other(), "cut.long", "g")).rejected).toEqual(["cut.long"]);
    await administration.deletePolicy(tester, "user", "/", "cut");
    expect((await publish(other(), "cut.long", "g")).rejected).toEqual([]);
  });

  it("gives messages a time to live, and limits how often they come back", async () => {
    await policy("life", "^life\\.", { "message-ttl": 0, "delivery-limit": 0 });
    await declare(cluster.broker, "life.short");
    await publish(other(), "life.short", "gone");
    await eventually(async () => (await ready("life.short")) === 0);
    await policy("life", "^life\\.", { "delivery-limit": 0 });
    await publish(other(), "life.short", "poison");
    await settle(other(), await lease(other(), "life.short"), { kind: "requeue" });
    expect(await ready("life.short")).toBe(0);
  });

  it("lets queues expire that are unused from then on, and not before", async () => {
    await declare(cluster.broker, "idle.queue");
    await cluster.sql("UPDATE warren.queue SET created_at = now() - interval '1 day' WHERE name = 'idle.queue'");
    await policy("idle", "^idle\\.", { expires: 86_000_000 });
    await policy("idle soon", "^idle\\.", { expires: 3_000_000 }, { priority: 1 });
    expect((await status("idle.queue")).name).toBe("idle.queue");
    await policy("idle soon", "^idle\\.", { expires: 1 }, { priority: 1 });
    await eventually(async () => (await codeOf(status("idle.queue")).catch(() => "there")) === "not-found");
  });
});

describe("an alternate exchange by policy", () => {
  it("takes what matches nothing, unless an argument names another one", async () => {
    await policy("alternate", "^alternate\\.", { "alternate-exchange": "rest" }, { applyTo: "exchanges" });
    await declareExchange(cluster.broker, "rest", "fanout");
    await declareExchange(cluster.broker, "rest.own", "fanout");
    await declareExchange(cluster.broker, "alternate.plain", "direct");
    await declareExchange(cluster.broker, "alternate.own", "direct", {
      arguments: { "alternate-exchange": "rest.own" },
    });
    for (const queue of ["rest", "rest.own"]) {
      await declare(cluster.broker, queue);
      await bind(cluster.broker, queue, queue);
    }
    const plain = await publish(other(), { exchange: "alternate.plain", routingKey: "x" }, "a");
    const own = await publish(other(), { exchange: "alternate.own", routingKey: "x" }, "b");
    expect([plain.queues, own.queues]).toEqual([["rest"], ["rest.own"]]);
  });
});

it("refuses what is no policy", async () => {
  const refused = async (definition: PolicyDefinition, kind: PolicyKind = "user", pattern = "x") =>
    codeOf(policy("no", pattern, definition, { kind }));
  expect(await refused({})).toBe("bad-request");
  expect(await refused({ nonsense: 1 })).toBe("bad-request");
  expect(await refused({ "message-ttl": "5" })).toBe("bad-request");
  expect(await refused({ "max-length": -1 })).toBe("bad-request");
  expect(await refused({ overflow: "explode" })).toBe("bad-request");
  expect(await refused({ "dead-letter-exchange": "x" }, "operator")).toBe("bad-request");
  expect(await refused({ "max-length": 1 }, "user", "(")).toBe("bad-request");
  expect(await refused({ "rate-burst": 1 })).toBe("bad-request");
});
