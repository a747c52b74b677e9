import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ManagementSide, managementSides } from "@/test/conformance/management";
import { rabbitMqIsInstalled } from "@/test/conformance/rabbitmq-server";

describe.skipIf(!rabbitMqIsInstalled())("policies, compared with RabbitMQ's management API", () => {
  let sides: { readonly both: readonly ManagementSide[]; close(): Promise<void> };
  beforeAll(async () => {
    sides = await managementSides();
  });
  afterAll(() => sides.close());

  /** The same call on both sides; fails unless both answer alike. */
  async function same(method: string, path: string, body?: unknown, pick = (json: unknown): unknown => json) {
    const [warren, rabbit] = await Promise.all(
      sides.both.map(async (side) => {
        const { status, json } = await side.call(method, path, body);
        return { status, json: status < 300 ? pick(json) : undefined };
      }),
    );
    expect(warren).toEqual(rabbit);
    return warren;
  }

  const sorted = (json: unknown) => [...(json as { name: string }[])].sort((a, b) => (a.name < b.name ? -1 : 1));

  it("answers alike to what is made, changed, read, deleted and refused", async () => {
    for (const kind of ["policies", "operator-policies"]) {
      const path = `/api/${kind}/%2F/limit`;
      const given = { pattern: "^p", definition: { "max-length": 5 }, priority: 3, "apply-to": "queues" };
      expect(await same("PUT", path, given)).toEqual({ status: 201 });
      expect(await same("PUT", path, { ...given, definition: { "max-length": 4 } })).toEqual({ status: 204 });
      await same("PUT", `/api/${kind}/%2F/plain`, { pattern: "", definition: { expires: 86_400_000 } });
      await same("GET", path);
      await same("GET", `/api/${kind}`, undefined, sorted);
      await same("GET", `/api/${kind}/%2F`, undefined, sorted);
      await same("GET", `/api/${kind}/%2F/nothing`);
      await same("GET", `/api/${kind}/nowhere`);
      for (const wrong of [
        { definition: { "max-length": 5 } },
        { pattern: "x" },
        { pattern: "x", definition: {} },
        { pattern: "(", definition: { "max-length": 5 } },
        { pattern: "x", definition: { nonsense: 5 } },
        { pattern: "x", definition: { "max-length": "5" } },
        { pattern: "x", definition: { "message-ttl": -5 } },
        { pattern: "x", definition: { expires: 0 } },
        { pattern: "x", definition: { "max-length": 5 }, priority: "high" },
        { pattern: "x", definition: { "max-length": 5 }, "apply-to": "everything" },
        { pattern: "x", definition: { "max-length": 5, overflow: "explode" } },
      ]) {
        expect(await same("PUT", `/api/${kind}/%2F/wrong`, wrong)).toMatchObject({ status: 400 });
      }
      expect(await same("PUT", `/api/${kind}/nowhere/x`, given)).toMatchObject({ status: 404 });
      for (const name of ["limit", "plain"])
        expect(await same("DELETE", `/api/${kind}/%2F/${name}`)).toEqual({ status: 204 });
      expect(await same("DELETE", path)).toMatchObject({ status: 404 });
    }
    const notForOperators = { pattern: "x", definition: { "dead-letter-exchange": "x" } };
    expect(await same("PUT", "/api/operator-policies/%2F/x", notForOperators)).toMatchObject({ status: 400 });
  });

  it("comes to the same limits, whoever sets them", async () => {
    const put = (kind: string, name: string, pattern: string, definition: object, priority = 0) =>
      same("PUT", `/api/${kind}/%2F/${name}`, { pattern, definition, priority, "apply-to": "queues" });
    await put("policies", "low", "^e\\.", { "max-length": 9, overflow: "reject-publish" });
    await put("policies", "high", "^e\\.(a|b)", { "max-length": 3 }, 7);
    await put("operator-policies", "top", "^e\\.(b|c)", { "max-length": 2, "message-ttl": 3_600_000 });
    const queues: Record<string, object> = { "e.a": {}, "e.b": {}, "e.c": {}, "e.d": {}, f: {} };
    queues["e.a1"] = { "x-max-length": 1 };
    queues["e.b9"] = { "x-max-length": 9 };
    queues["e.c1"] = { "x-max-length": 1, "x-overflow": "drop-head" };
    for (const [name, args] of Object.entries(queues)) {
      await same("PUT", `/api/queues/%2F/${name}`, { durable: true, arguments: args });
      const outcomes = await Promise.all(sides.both.map((side) => side.publish(name, ["1", "2", "3", "4", "5"])));
      expect([name, outcomes[0]]).toEqual([name, outcomes[1]]);
      const bodies = await Promise.all(sides.both.map((side) => side.drain(name)));
      expect([name, bodies[0]]).toEqual([name, bodies[1]]);
    }
    const names = Object.keys(queues);
    const [warren, rabbit] = await Promise.all(
      sides.both.map((side) => Promise.all(names.map(async (name) => [name, await side.applied(name)]))),
    );
    expect(warren).toEqual(rabbit);
  });
});
