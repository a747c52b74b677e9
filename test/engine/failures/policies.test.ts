import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { ErrorPolicyInput, PolicyAction } from "@/lib/broker/failures";
import { fromPlain } from "@/lib/broker/properties/plain";
import {
  bodies,
  type Cluster,
  codeOf,
  createCluster,
  declare,
  lease,
  publish,
  settle,
  tester,
} from "@/test/engine/core/cluster";
import { expectTrueCounts } from "@/test/engine/views/accounts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await createCluster(2);
});
afterAll(() => cluster.close());
afterEach(async () => {
  await expectTrueCounts(cluster);
  for (const { id } of await failures().listErrorPolicies(tester)) await failures().deleteErrorPolicy(tester, "/", id);
});

const broker = () => cluster.broker;
const other = () => cluster.nodes[1]?.broker ?? cluster.broker;

const failures = () => broker().failures;

let names = 0;
function rule(queue: string | null, action: PolicyAction, more: Partial<ErrorPolicyInput> = {}) {
  const input = { name: `rule ${++names}`, enabled: true, queue, pattern: null, when: {}, action, ...more };
  return failures().createErrorPolicy(tester, "/", input);
}

const soon = { kind: "retry", backoff: "fixed", baseMs: 1, maxAttempts: 3, afterwards: "next" } as const;
const later = { ...soon, baseMs: 3_600_000 };
const error = { type: "TimeoutError", message: "no answer", stack: "at work:1" };

/** Takes one, at once or when it comes. */
async function take(queue: string, waitMs = 0) {
  const [message] = await lease(broker(), queue, { max: 1, waitMs });
  if (!message) throw new Error(`nothing in ${queue}`);
  return message;
}

async function countsOf(queue: string) {
  return (await broker().getQueue(tester, "/", queue)).counts;
}

describe("retry", () => {
  test("keeps the message in its queue, delayed, and counts the deliveries; then the next rule decides", async () => {
    const queue = await declare(broker(), "retried");
    await rule(queue, soon);
    await rule(queue, { kind: "ignore" });
    await publish(broker(), queue, "x");
    for (const [attempt, redelivered] of [false, true, true].entries()) {
      const message = await take(queue, 20_000);
      expect(message).toMatchObject({ redelivered, deliveryCount: attempt });
      expect(await settle(broker(), [message], { kind: "reject", error })).toEqual(["settled"]);
    }
    expect(await countsOf(queue)).toMatchObject({ ready: 0, unacknowledged: 0, delayed: 0 });
    const [batch] = await broker().listTrash(tester, "/");
    expect(batch).toMatchObject({ queue, count: 1, action: "drop" });
  });

  test("waits for as long as the rule says; another node settles nothing that was decided", async () => {
    const queue = await declare(broker(), "waits");
    await rule(null, later, { pattern: "^wai" });
    await publish(broker(), queue, "x");
    const message = await take(queue);
    await settle(broker(), [message], { kind: "reject", error });
    expect(await settle(other(), [message], { kind: "ack" })).toEqual(["gone"]);
    expect(await countsOf(queue)).toMatchObject({ ready: 0, unacknowledged: 0, delayed: 1 });
    const [seen] = (await broker().peek(tester, { vhost: "/", queue, order: "oldest", limit: 1, bodyLimit: 0 })).items;
    expect(seen?.state).toBe("delayed");
    expect((seen?.availableAt?.getTime() ?? 0) - Date.now()).toBeGreaterThan(3_500_000);
  });

  test("every attempt is kept with who held it, why, and what was decided", async () => {
    const grave = await declare(broker(), "grave");
    const queue = await declare(broker(), "tried", {
      "x-dead-letter-exchange": "",
      "x-dead-letter-routing-key": grave,
    });
    const { name } = await rule(queue, { ...soon, maxAttempts: 2 });
    const { messageId } = await publish(broker(), queue, "x");
    await settle(broker(), [await take(queue)], { kind: "reject", error: { ...error, message: "nul \0" } });
    await settle(broker(), [await take(queue, 20_000)], { kind: "reject", error });
    const attempts = await failures().listAttempts(tester, "/", messageId ?? 0);
    expect(attempts).toMatchObject([
      {
        number: 1,
        queue,
        reason: "rejected",
        holder: "tester",
        outcome: "retry",
        policy: name,
        detail: { delay_ms: 1 },
      },
      { number: 2, error, outcome: "dead_letter", policy: null, detail: { routing_key: grave, queues: [grave] } },
    ]);
    expect(attempts[0]?.error.message).toBe("nul \ufffd");
    expect(attempts[0]?.heldSince).toBeInstanceOf(Date);
    expect(bodies(await lease(broker(), grave))).toEqual(["x"]);
  });
});

describe("the other actions", () => {
  test("ignore puts it into the trash, from which it comes back to its place", async () => {
    const queue = await declare(broker(), "ignored");
    const policy = await rule(queue, { kind: "ignore", keepMs: 60_000 }, { when: { errorType: "^Timeout" } });
    for (const body of ["a", "b"]) await publish(broker(), queue, body);
    await settle(broker(), await lease(broker(), queue, { max: 1 }), { kind: "reject", error });
    expect(bodies(await lease(broker(), queue, { max: 1, visibilityTimeoutMs: 0 }))).toEqual(["b"]);
    const batch = (await broker().listTrash(tester, "/")).find((one) => one.queue === queue);
    expect(batch).toMatchObject({ count: 1, by: `error policy ${policy.name}` });
    expect((batch?.expiresAt.getTime() ?? 0) - Date.now()).toBeLessThanOrEqual(60_000);
    await broker().restoreTrash(tester, batch?.id ?? "");
    expect(bodies([await take(queue)])).toEqual(["a"]);
  });

  test("dead_letter sends it through the exchange that is named, with x-death; where that leads nowhere, to the trash", async () => {
    const parked = await declare(broker(), "parked");
    const queue = await declare(broker(), "forwarded");
    await rule(queue, { kind: "dead_letter", exchange: "", routingKey: parked }, { when: { attempts: { max: 1 } } });
    await publish(broker(), queue, "x");
    await settle(broker(), await lease(broker(), queue), { kind: "reject", error });
    const message = await take(parked);
    expect(message.properties.headers?.get("x-first-death-queue")).toMatchObject({ v: queue });
    await settle(broker(), [message], { kind: "ack" });
    const lost = await declare(broker(), "leads nowhere");
    await rule(lost, { kind: "dead_letter", exchange: "not there" });
    await publish(broker(), lost, "y");
    await settle(broker(), await lease(broker(), lost), { kind: "reject", error });
    expect((await broker().listTrash(tester, "/")).find((one) => one.queue === lost)).toMatchObject({ count: 1 });
    const status = (await failures().listErrorPolicies(tester, "/")).at(-1);
    expect(status).toMatchObject({ uses: { count: 1 } });
    expect(status?.problem).toContain("no exchange 'not there'");
  });

  test("what expires and what does not fit is judged too", async () => {
    const [expired, full] = [await declare(broker(), "late"), await declare(broker(), "short", { "x-max-length": 1 })];
    const parked = await declare(broker(), "kept");
    const action = { kind: "dead_letter", exchange: "", routingKey: parked } as const;
    await rule(expired, action, { when: { reasons: ["expired"] } });
    await rule(full, action, { when: { reasons: ["maxlen"], headers: [{ name: "keep", value: "true" }] } });
    await publish(broker(), expired, "late", { deliveryMode: 2, expiration: "0" });
    const headers = fromPlain({ keep: true });
    for (const body of ["kept", "last"]) await publish(broker(), full, body, { deliveryMode: 2, headers });
    const came = [await take(parked, 20_000), await take(parked, 20_000)];
    expect(bodies(came).sort()).toEqual(["kept", "late"]);
  });

  test("without a rule that matches, all is as RabbitMQ has it", async () => {
    const queue = await declare(broker(), "plain");
    await rule("another", { kind: "ignore" });
    await rule(queue, { kind: "ignore" }, { enabled: false });
    const { messageId } = await publish(broker(), queue, "x");
    await settle(broker(), await lease(broker(), queue), { kind: "reject" });
    expect(await failures().listAttempts(tester, "/", messageId ?? 0)).toMatchObject([
      { outcome: "drop", policy: null },
    ]);
  });
});

describe("changing rules", () => {
  test("takes effect on every node at once", async () => {
    const queue = await declare(broker(), "changing");
    await publish(broker(), queue, "x");
    await publish(broker(), queue, "y");
    const [first, second] = await lease(other(), queue);
    if (!first || !second) throw new Error("two messages were published");
    await settle(other(), [first], { kind: "reject" });
    await rule(queue, later);
    await settle(other(), [second], { kind: "reject" });
    expect(await countsOf(queue)).toMatchObject({ delayed: 1, unacknowledged: 0 });
  });

  test("two people at once: the second is told, and nothing is overwritten", async () => {
    const made = await rule("q", { kind: "ignore" }, { name: "shared" });
    const changed = { ...made, queue: "r" };
    expect(await failures().updateErrorPolicy(tester, "/", made.id, changed, 1)).toMatchObject({
      version: 2,
      queue: "r",
    });
    expect(await codeOf(failures().updateErrorPolicy(tester, "/", made.id, { ...made, queue: "s" }, 1))).toBe(
      "conflict",
    );
    expect(await codeOf(failures().deleteErrorPolicy(tester, "/", made.id, 1))).toBe("conflict");
    expect(await codeOf(rule("q", { kind: "ignore" }, { name: "shared" }))).toBe("conflict");
    expect(await failures().enableErrorPolicy(tester, "/", made.id, false)).toMatchObject({
      version: 3,
      enabled: false,
    });
    expect(await codeOf(failures().getErrorPolicy(tester, "/", 0))).toBe("not-found");
  });

  test("the order can be changed, and has no gaps", async () => {
    const made = [];
    for (const name of ["a", "b", "c", "d"]) made.push(await rule("q", { kind: "ignore" }, { name }));
    const [a, b, c, d] = made.map(({ id }) => id);
    const order = async () => (await failures().listErrorPolicies(tester, "/")).map(({ name }) => name).join("");
    await failures().moveErrorPolicy(tester, "/", d ?? 0, "up");
    expect(await order()).toBe("abdc");
    await failures().moveErrorPolicy(tester, "/", a ?? 0, "last");
    expect(await order()).toBe("bdca");
    await failures().moveErrorPolicy(tester, "/", c ?? 0, 1);
    expect(await order()).toBe("cbda");
    await failures().moveErrorPolicy(tester, "/", c ?? 0, "up");
    expect(await order()).toBe("cbda");
    await failures().deleteErrorPolicy(tester, "/", b ?? 0);
    const e = { name: "e", enabled: true, queue: null, pattern: null, when: {}, action: { kind: "ignore" } } as const;
    await failures().createErrorPolicy(tester, "/", e, 2);
    const positions = (await failures().listErrorPolicies(tester, "/")).map(({ position }) => position);
    expect([await order(), positions]).toEqual(["ceda", [1, 2, 3, 4]]);
  });
});

describe("the simulator", () => {
  test("says what each rule thinks of a failure that somebody made up", async () => {
    await rule("q", { kind: "ignore" }, { name: "for TypeError", when: { errorType: "TypeError" } });
    await rule("q", { ...soon, backoff: "linear", baseMs: 500 }, { name: "retries" });
    const failure = { queue: "q", reason: "rejected", error, headers: fromPlain({}), attempts: 2, ageMs: 0 } as const;
    const { items } = await failures().simulateErrorPolicies(tester, { vhost: "/", of: { kind: "failure", failure } });
    expect(items).toMatchObject([
      {
        was: null,
        would: { outcome: "retry", policy: "retries", detail: { delay_ms: 1000 } },
        rules: [
          { policy: "for TypeError", matches: false, why: "the error type doesn't match TypeError" },
          { policy: "retries", matches: true, why: null },
        ],
      },
    ]);
  });

  test("tells what changed rules would have done with the last failures, and changes nothing", async () => {
    const queue = await declare(broker(), "past");
    const present = await rule(queue, { kind: "ignore" }, { name: "as it is", when: { errorType: "^A" } });
    for (const body of ["1", "2", "3"]) await publish(broker(), queue, body);
    const messages = await lease(broker(), queue);
    for (const [index, type] of ["A", "B", "A"].entries()) {
      await settle(broker(), messages.slice(index, index + 1), { kind: "reject", error: { type } });
    }
    const proposed = [present, { ...present, name: "new", action: soon, when: { errorType: "^B" } }];
    const of = { kind: "last", count: 1000, queue } as const;
    const { items } = await failures().simulateErrorPolicies(tester, { vhost: "/", policies: proposed, of });
    expect(items.map(({ errorType, was, would, changed }) => [errorType, was, would.outcome, changed])).toEqual([
      ["A", { outcome: "ignore", policy: "as it is" }, "ignore", false],
      ["B", { outcome: "drop", policy: null }, "retry", true],
      ["A", { outcome: "ignore", policy: "as it is" }, "ignore", false],
    ]);
    expect(await countsOf(queue)).toMatchObject({ ready: 0, delayed: 0 });
  });
});
