import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ManagementSide, managementSides } from "@/test/conformance/management";
import { rabbitMqIsInstalled } from "@/test/conformance/rabbitmq-server";

interface File {
  readonly [section: string]: unknown;
}

const hash = "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR";
const everything: File = {
  users: [
    {
      name: "guest",
      password_hash: hash,
      hashing_algorithm: "rabbit_password_hashing_sha256",
      tags: ["administrator"],
    },
    { name: "ann", password_hash: hash, hashing_algorithm: "rabbit_password_hashing_sha256", tags: ["management"] },
  ],
  vhosts: [{ name: "/" }, { name: "shop" }],
  permissions: [
    { user: "guest", vhost: "/", configure: ".*", write: ".*", read: ".*" },
    // Whoever makes a virtual host may do everything in it.
    { user: "guest", vhost: "shop", configure: ".*", write: ".*", read: ".*" },
    { user: "ann", vhost: "shop", configure: "^a", write: "", read: ".*" },
  ],
  topic_permissions: [{ user: "ann", vhost: "shop", exchange: "events", write: "^a\\.", read: ".*" }],
  parameters: [
    { component: "vhost-limits", name: "limits", vhost: "shop", value: { "max-queues": 100 } },
    {
      ...{ component: "operator_policy", name: "top", vhost: "shop" },
      value: { pattern: "", definition: { "max-length": 1000 }, priority: 1, "apply-to": "queues" },
    },
  ],
  global_parameters: [{ name: "colour", value: { a: ["red", 1] } }],
  policies: [
    {
      vhost: "shop",
      name: "ttl",
      pattern: "^q",
      "apply-to": "queues",
      definition: { "message-ttl": 60000 },
      priority: 2,
    },
  ],
  queues: [
    {
      name: "q1",
      vhost: "shop",
      durable: true,
      auto_delete: false,
      arguments: { "x-max-length": 5, "x-queue-type": "classic" },
    },
    { name: "q2", vhost: "/", durable: true, auto_delete: false, arguments: { "x-dead-letter-exchange": "" } },
  ],
  exchanges: [
    { name: "events", vhost: "shop", type: "topic", durable: true, auto_delete: false, internal: false, arguments: {} },
    { name: "by", vhost: "shop", type: "headers", durable: true, auto_delete: false, internal: true, arguments: {} },
  ],
  bindings: [
    {
      source: "events",
      vhost: "shop",
      destination: "q1",
      destination_type: "queue",
      routing_key: "a.#",
      arguments: {},
    },
    {
      source: "events",
      vhost: "shop",
      destination: "by",
      destination_type: "exchange",
      routing_key: "",
      arguments: {},
    },
    {
      source: "by",
      vhost: "shop",
      destination: "q1",
      destination_type: "queue",
      routing_key: "",
      arguments: { "x-match": "any", n: 5 },
    },
  ],
};

/** What a file says, in one order, without what only one of the two brokers writes. */
function comparable(file: File): File {
  const sections = Object.keys(everything).map((section) => {
    const items = (file[section] as Record<string, unknown>[])
      .filter(({ name }) => name !== "internal_cluster_id")
      .map(({ metadata: _metadata, description: _description, limits: _limits, tags, ...item }) =>
        ordered({ ...item, ...(section === "users" && { tags }) }),
      );
    return [section, items.sort()];
  });
  return Object.fromEntries(sections);
}

/** JSON whose members stand in the order of their names. */
function ordered(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

describe.skipIf(!rabbitMqIsInstalled())("definitions, exchanged with a real RabbitMQ", () => {
  let sides: { readonly both: readonly ManagementSide[]; close(): Promise<void> };
  let warren: ManagementSide;
  let rabbit: ManagementSide;
  beforeAll(async () => {
    sides = await managementSides();
    [warren, rabbit] = sides.both as [ManagementSide, ManagementSide];
  });
  afterAll(() => sides.close());

  const read = async (side: ManagementSide, as = "guest:test12") => {
    const { status, json } = await side.call("GET", "/api/definitions", undefined, as);
    expect(status).toBe(200);
    return json as File;
  };

  it("are the same after a way there and back again", async () => {
    expect((await rabbit.call("POST", "/api/definitions", everything)).status).toBe(204);
    const ofRabbit = await read(rabbit);
    expect(comparable(ofRabbit)).toEqual(comparable(everything));

    expect((await warren.call("POST", "/api/definitions", ofRabbit)).status).toBe(204);
    const ofWarren = await read(warren);
    expect(comparable(ofWarren)).toEqual(comparable(ofRabbit));
    expect((await warren.call("GET", "/api/whoami", undefined, "ann:test12")).status).toBe(200);

    for (const path of ["/api/vhosts/shop", "/api/users/ann", "/api/queues/%2F/q2"]) {
      await rabbit.call("DELETE", path, undefined, "guest:test12");
    }
    expect((await rabbit.call("POST", "/api/definitions", ofWarren, "guest:test12")).status).toBe(204);
    expect(comparable(await read(rabbit))).toEqual(comparable(ofRabbit));
    const again = await warren.call("POST", "/api/definitions?plan=true", ofRabbit, "guest:test12");
    expect(again.json).toMatchObject({ summary: { create: 0, change: 0, conflict: 0 } });
  });

  it("of one virtual host go into another", async () => {
    const { json } = await rabbit.call("GET", "/api/definitions/shop", undefined, "guest:test12");
    for (const side of sides.both) {
      await side.call("PUT", "/api/vhosts/copy", {}, "guest:test12");
      expect((await side.call("POST", "/api/definitions/copy", json, "guest:test12")).status).toBe(204);
    }
    const sorted = async (side: ManagementSide) => {
      const { json: copy } = await side.call("GET", "/api/definitions/copy", undefined, "guest:test12");
      const { queues, exchanges, bindings, policies } = copy as Record<string, unknown[]>;
      return [queues, exchanges, bindings, policies].map((items) => items?.map(ordered).sort());
    };
    expect(await sorted(warren)).toEqual(await sorted(rabbit));
  });
});
