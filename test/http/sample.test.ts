import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startApiWithDoors } from "@/test/http/engine-api";
import type { TestApi } from "@/test/http/support";

let api: TestApi;
let closeAll: () => Promise<void>;
beforeAll(async () => {
  const started = await startApiWithDoors(1);
  ({ api, close: closeAll } = started);
});
afterAll(() => closeAll?.());

/** Two deaths and returns take six seconds on an idle machine. */
const patiently = { timeout: 90_000 };
const get = async (path: string) => (await api.call("GET", path)).json;
const status = async (path: string) => (await api.call("GET", path)).status;

interface Listed {
  readonly name: string;
  readonly user: string;
  readonly user_provided_name: string;
}
const connections = (): Promise<Listed[]> => get("/api/vhosts/github-sample/connections");
const names = async () => (await connections()).map((one) => one.user_provided_name).sort();
const users = async () => [...new Set((await connections()).map((one) => one.user))];
const consumer = async (tag: string) =>
  (await get("/api/consumers/github-sample")).find((one: { consumer_tag: string }) => one.consumer_tag === tag);

const everybody = ["github webhooks", "reviewer 1", "reviewer 2", "team sync"];

const start = async () => {
  expect((await api.call("POST", "/api/sample/start")).status).toBe(200);
  await expect.poll(names).toEqual(everybody);
};
const remove = async () => {
  expect((await api.call("DELETE", "/api/sample")).status).toBe(200);
  await expect.poll(async () => (await get("/api/sample")).state).toBe("absent");
};

async function publish(routingKey: string, payload: unknown, properties: object = {}) {
  const body = { routing_key: routingKey, payload: JSON.stringify(payload), payload_encoding: "string", properties };
  const answer = await api.call("POST", "/api/exchanges/github-sample/github.events/publish", { body });
  expect(answer.json).toMatchObject({ routed: true });
}

describe("the sample workload", () => {
  it("is made of clients that are listed, are busy, die and come back, leave when it is stopped, and are removed", async () => {
    await start();
    expect(await users()).toEqual(["github-sample"]);
    expect(await get("/api/users/github-sample")).toMatchObject({ tags: ["github-sample"] });
    expect(await get("/api/users/github-sample/permissions")).toMatchObject([
      { vhost: "github-sample", configure: "" },
    ]);
    await expect.poll(() => consumer("team-sync")).toBeDefined();
    expect(await consumer("team-sync")).toMatchObject({
      queue: { name: "teams.sync", vhost: "github-sample" },
      prefetch_count: 1,
      ack_required: true,
    });
    const messages = async () => (await get("/api/queues/github-sample/audit.everything")).messages;
    await expect.poll(messages).toBeGreaterThan(3);

    // Slow reviewers.
    const pull_request = { number: 1, mergeable: true, head: { repo: { full_name: "octo/cat" } } };
    for (let n = 0; n < 40; n++) await publish("pull_request.opened", { action: "opened", pull_request });
    await expect
      .poll(async () => (await Promise.all(["reviewer-1", "reviewer-2"].map(consumer))).map((one) => one?.full))
      .toEqual([true, true]);

    // A message that kills whoever takes it.
    const teamSync = async () => (await connections()).find((one) => one.user_provided_name === "team sync")?.name;
    const before = await teamSync();
    await publish("team.deleted", { action: "deleted", team: { slug: "poison" } }, { message_id: "poison" });
    const letters = async () =>
      (await get("/api/dead-letters?vhost=github-sample&origin=teams.sync")).items.map(
        ({ death }: { death: { reason: string; origin_queue: string } }) => [death.origin_queue, death.reason],
      );
    await expect.poll(letters, patiently).toContainEqual(["teams.sync", "delivery_limit"]);
    const life = await api.call("GET", "/api/timeline?vhost=github-sample&message_id=poison");
    expect(life.text).toContain("consumer_lost");
    await expect.poll(async () => [undefined, before].includes(await teamSync())).toBe(false);

    expect((await api.call("POST", "/api/sample/stop")).status).toBe(200);
    await expect.poll(connections).toEqual([]);
    await expect.poll(() => get("/api/consumers/github-sample")).toEqual([]);
    const reviews = () => get("/api/queues/github-sample/pull-requests.review");
    await expect.poll(async () => (await reviews()).messages_unacknowledged).toBe(0);

    await remove();
    expect(await status("/api/users/github-sample")).toBe(404);
    expect(await status("/api/vhosts/github-sample")).toBe(404);
  }, 300_000);

  it("comes back when its user's password was changed and its connections were closed", async () => {
    await start();
    const before = (await connections()).map((one) => one.name);
    const body = { password: "another", tags: "github-sample" };
    expect((await api.call("PUT", "/api/users/github-sample", { body })).status).toBe(204);
    expect((await api.call("DELETE", "/api/connections/username/github-sample")).status).toBe(204);
    await expect
      .poll(async () => (await connections()).filter((one) => !before.includes(one.name)).length)
      .toBe(everybody.length);
    await remove();
  });

  it("leaves somebody else's user of its name alone", async () => {
    const body = { password: "mine", tags: "management" };
    expect((await api.call("PUT", "/api/users/github-sample", { body })).status).toBe(201);
    await start();
    const [user] = await users();
    expect(user).toMatch(/^github-sample-[0-9a-f]{8}$/);
    await remove();
    expect(await status(`/api/users/${user}`)).toBe(404);
    expect(await get("/api/users/github-sample")).toMatchObject({ tags: ["management"] });
  });
});
