import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startEngineApi } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";

let api: TestApi;
beforeAll(async () => {
  api = await startEngineApi();
});
afterAll(() => api.close());

const policies = "/api/error-policies/%2F";
const post = (path: string, body: unknown = {}) => api.call("POST", path, { body });
const publish = (body: Record<string, unknown>) =>
  post("/api/exchanges/%2F/amq.default/publish", { payload_encoding: "string", properties: {}, payload: "", ...body });

describe("error policies over HTTP", () => {
  const policy = {
    name: "patience",
    queue: "work",
    when: { reasons: ["rejected"], error_type: "^Timeout", headers: [{ name: "tenant", value: "acme" }] },
    action: {
      kind: "retry",
      backoff: "exponential",
      base_ms: 1000,
      factor: 3,
      cap_ms: 60_000,
      jitter: 0.1,
      max_attempts: 5,
      afterwards: { kind: "dead_letter", exchange: "", routing_key: "parked" },
    },
  };

  test("are made, read, changed, ordered, switched off and deleted", async () => {
    const made = await post(policies, policy);
    expect(made.status).toBe(201);
    expect(made.json).toMatchObject({
      ...policy,
      position: 1,
      version: 1,
      enabled: true,
      created_by: "guest",
      problem: expect.stringContaining("no queue 'work'"),
    });
    const one = `${policies}/${made.json.id}`;
    expect((await api.call("GET", one)).json).toEqual(made.json);
    const second = await post(policies, { name: "other", action: { kind: "ignore" }, position: 1 });
    expect((await api.call("GET", policies)).json.map(({ name }: { name: string }) => name)).toEqual([
      "other",
      "patience",
    ]);
    expect((await post(`${one}/move`, { to: "up" })).json[0].name).toBe("patience");
    const changed = await api.call("PUT", one, { body: { ...policy, queue: null, pattern: "^w", version: 1 } });
    expect(changed.json).toMatchObject({ pattern: "^w", queue: null, version: 2 });
    const late = await api.call("PUT", one, { body: { ...policy, version: 1 } });
    expect([late.status, late.json.code, late.json.detail]).toEqual([
      409,
      "conflict",
      expect.objectContaining({ version: 2, changed_by: "guest" }),
    ]);
    expect((await post(`${one}/enabled`, { enabled: false })).json.enabled).toBe(false);
    expect((await api.call("DELETE", `${one}?version=2`)).status).toBe(409);
    expect((await api.call("DELETE", one)).status).toBe(204);
    expect((await api.call("DELETE", `${policies}/${second.json.id}`)).status).toBe(204);
    expect((await api.call("GET", "/api/error-policies")).json).toEqual([]);
  });

  test.each([
    [{ action: undefined }, "action"],
    [{ action: { kind: "explode" } }, "kind"],
    [{ action: { kind: "retry", base_ms: 1, max_attempts: 1 } }, "max_attempts"],
    [{ action: { kind: "retry", base_ms: 1, max_attempts: 2, afterwards: { kind: "nothing" } } }, "afterwards.kind"],
    [{ when: { error_type: "(a" } }, "closed"],
    [{ when: { colour: 1 } }, "colour"],
    [{ pattern: "a" }, "queue"],
  ])("%j is refused with what is wrong", async (part, why) => {
    const answer = await post(policies, { ...policy, ...part });
    expect([answer.status, answer.json.reason]).toEqual([400, expect.stringContaining(why)]);
  });

  test("whoever may only look changes nothing, but may simulate", async () => {
    await api.addUser("looker", "secret", ["monitoring"]);
    const as = "looker:secret";
    expect((await api.call("POST", policies, { as, body: policy })).status).toBe(403);
    const of = {
      failure: {
        queue: "work",
        reason: "rejected",
        error: { type: "TimeoutError" },
        headers: { tenant: "acme" },
        attempts: 2,
      },
    };
    const answer = await api.call("POST", `${policies}/simulate`, { as, body: { policies: [policy], of } });
    expect(answer.json).toMatchObject({
      failures: 1,
      changed: 0,
      items: [
        {
          was: null,
          would: { outcome: "retry", policy: "patience", detail: { delay_ms: 3000 } },
          rules: [{ matches: true }],
        },
      ],
    });
    expect((await api.call("POST", `${policies}/simulate`, { as, body: { of: {} } })).status).toBe(400);
  });

  test("a nack with an error is kept with the message, and shown with its attempts and as a dead letter", async () => {
    for (const name of ["grave", "lively"])
      await api.call("PUT", `/api/queues/%2F/${name}`, { body: { durable: true } });
    await api.call("PUT", "/api/queues/%2F/mortal", {
      body: { durable: true, arguments: { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "grave" } },
    });
    const { message_id: id } = (await publish({ routing_key: "mortal", payload: "x" })).json;
    const [{ receipt }] = (await post("/api/queues/%2F/mortal/leases")).json.messages;
    const error = { type: "ValueError", message: "bad", stack: "line 1\nline 2" };
    await post(`/api/leases/${receipt}/reject`, { error });
    const { attempts } = (await api.call("GET", `/api/messages/%2F/${id}/attempts`)).json;
    expect(attempts).toMatchObject([
      { number: 1, queue: "mortal", error, outcome: "dead_letter", holder: "guest @ 127.0.0.1" },
    ]);
    const [dead] = (await api.call("GET", "/api/dead-letters?vhost=%2F")).json.items;
    expect(dead).toMatchObject({ message_id: id, error: { ...error, source: "warren" }, celery: null });
  });

  test("other people's failures and Celery's tasks are recognised in lists", async () => {
    const headers = {
      task: "tasks.add",
      id: "1-2",
      retries: 1,
      argsrepr: "(1,)",
      "x-exception-stacktrace": "java.lang.Bad: no\n\tat x",
      "x-exception-message": "no",
    };
    await publish({
      routing_key: "lively",
      payload: "[[1], {}, {}]",
      properties: { content_type: "application/json", headers },
    });
    const [seen] = (await api.call("GET", "/api/queues/%2F/lively/messages")).json.items;
    expect(seen).toMatchObject({
      error: { type: "java.lang.Bad", message: "no", source: "spring" },
      celery: { task: "tasks.add", id: "1-2", args: [1], kwargs: {}, retries: 1, eta: null },
    });
  });
});

describe("the review inbox over HTTP", () => {
  test("claim, comment, edit and retry; a second person is told", async () => {
    await api.addUser("ben", "secret", ["management"]);
    await api.call("PUT", "/api/queues/%2F/human", { body: { durable: true } });
    await post(policies, { name: "ask", queue: "human", action: { kind: "review" } });
    await publish({ routing_key: "human", payload: "tpyo" });
    const [{ receipt }] = (await post("/api/queues/%2F/human/leases")).json.messages;
    await post(`/api/leases/${receipt}/reject`, { error: { type: "SpellingError" } });
    const [review] = (await api.call("GET", "/api/reviews?vhost=%2F&queue=human")).json.items;
    expect(review).toMatchObject({
      state: "waiting",
      payload: "tpyo",
      error: { type: "SpellingError", stack: null },
      celery: null,
    });
    expect((await api.call("GET", "/api/reviews/count")).json).toEqual({ waiting: 1, claimed: 0 });
    const one = `/api/reviews/${review.id}`;
    expect((await post(`${one}/claim`)).json).toMatchObject({ state: "claimed", claimed_by: "guest" });
    const second = await api.call("POST", `${one}/claim`, { as: "ben:secret", body: {} });
    expect([second.status, second.json.detail.claimed_by]).toEqual([409, "guest"]);
    await post(`${one}/comments`, { text: "I'll mend it" });
    for (const wrong of [
      { decision: "forward" },
      { decision: "edit" },
      { decision: "retry", to: { routing_key: "x" } },
      {},
    ]) {
      expect((await post(`${one}/decide`, wrong)).status).toBe(400);
    }
    const decided = await post(`${one}/decide`, { decision: "edit", message: { properties: {}, payload: "typo" } });
    expect(decided.json).toMatchObject({
      state: "decided",
      decision: { kind: "edit", by: "guest", detail: { queues: ["human"] } },
    });
    expect((await post("/api/queues/%2F/human/leases")).json.messages).toMatchObject([{ payload: "typo" }]);
    const again = await post(`${one}/decide`, { decision: "retry" });
    expect([again.status, again.json.detail.decision.kind]).toEqual([409, "edit"]);
    expect((await api.call("GET", "/api/reviews")).json.items).toEqual([]);
  });
});

describe("notification targets over HTTP", () => {
  const targets = "/api/notification-targets";
  const webhook = { name: "ops", kind: "webhook", url: "https://hooks.example/x", secret: "s3cret" };

  test("secrets go in and never come out; a test says what came of it", async () => {
    const made = await post(targets, webhook);
    expect([made.status, made.json]).toEqual([
      201,
      expect.objectContaining({
        name: "ops",
        has_secret: true,
        group_ms: 30_000,
        per_hour: 60,
        used_by: [],
        last: null,
      }),
    ]);
    const changed = await api.call("PUT", `${targets}/ops`, {
      body: { kind: "webhook", url: "http://127.0.0.1:9/", version: 1 },
    });
    expect(changed.json).toMatchObject({ has_secret: true, version: 2 });
    expect((await post(`${targets}/ops/test`)).json).toMatchObject({
      result: "failed",
      status: null,
      error: expect.stringContaining("WARREN_NOTIFY_LOCAL"),
    });
    const smtp = { host: "mail.example", from: "a@b.c", to: ["d@e.f"], user: "u", password: "pa55" };
    expect((await post(targets, { name: "mail", kind: "email", smtp })).json.smtp).toMatchObject({
      host: "mail.example",
      port: 587,
      has_password: true,
    });
    const audit = await api.database.audit.findMany();
    const all =
      (await api.call("GET", targets)).text +
      JSON.stringify(audit, (_, value) => (typeof value === "bigint" ? String(value) : value));
    for (const secret of ["s3cret", "pa55"]) expect(all).not.toContain(secret);
    expect((await api.call("DELETE", `${targets}/mail`)).status).toBe(204);
    expect((await api.call("GET", "/api/notices?target=ops&state=sent")).json).toEqual({ items: [], next: null });
    expect((await post("/api/notices/00000000-0000-4000-8000-000000000000/retry")).status).toBe(404);
  });

  test("are changed by those who may set policies only", async () => {
    await api.addUser("manager", "secret", ["management"]);
    expect((await api.call("POST", targets, { as: "manager:secret", body: webhook })).status).toBe(403);
    expect((await api.call("GET", targets, { as: "manager:secret" })).status).toBe(200);
  });
});

describe("what a user may know of failures", () => {
  test("is that of the queues that they may read, in the virtual hosts that they see", async () => {
    for (const name of ["open", "closed"])
      await api.call("PUT", `/api/queues/%2F/${name}`, { body: { durable: true } });
    const ids = [];
    for (const name of ["open", "closed"]) {
      const { message_id: id } = (
        await publish({ routing_key: name, payload: "x", properties: { correlation_id: "both" } })
      ).json;
      const [{ receipt }] = (await post(`/api/queues/%2F/${name}/leases`)).json.messages;
      await post(`/api/leases/${receipt}/reject`, { error: { type: "Secret" } });
      ids.push(id);
    }
    await api.call("PUT", "/api/users/guarded", { body: { password: "secret", tags: "policymaker" } });
    const as = "guarded:secret";
    expect((await api.call("GET", "/api/timeline?vhost=%2F&correlation_id=both", { as })).status).toBe(403);
    expect((await api.call("POST", policies, { as, body: { name: "mine", action: { kind: "ignore" } } })).status).toBe(
      403,
    );
    await api.call("PUT", "/api/permissions/%2F/guarded", { body: { configure: "", write: "", read: "^open$" } });
    const { messages } = (await api.call("GET", "/api/timeline?vhost=%2F&correlation_id=both", { as })).json;
    expect(messages.map((life: { message_id: number }) => life.message_id)).toEqual([ids[0]]);
    expect(messages[0].events.map(({ kind }: { kind: string }) => kind)).toEqual([
      "published",
      "delivered",
      "failed",
      "dropped",
    ]);
    const attempts = async (id: number) =>
      (await api.call("GET", `/api/messages/%2F/${id}/attempts`, { as })).json.attempts.length;
    expect([await attempts(ids[0]), await attempts(ids[1])]).toEqual([1, 0]);
    expect((await api.call("GET", `/api/timeline?vhost=%2F&id=${ids[0]}&message_id=a`)).status).toBe(400);
    expect((await api.call("GET", "/api/timeline?vhost=%2F&id=1")).status).toBe(404);
  });
});
