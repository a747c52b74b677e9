import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Actor } from "@/lib/broker/actor";
import type { Review, ReviewDecision } from "@/lib/broker/reviews";
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
  cluster = await createCluster(1);
});
afterAll(() => cluster.close());
afterEach(() => expectTrueCounts(cluster));

const broker = () => cluster.broker;
const failures = () => broker().failures;
const anna: Actor = { ...tester, user: "anna" };
const ben: Actor = { ...tester, user: "ben" };

let queue: string;
let round = 0;
beforeEach(async () => {
  queue = await declare(broker(), `reviewed ${++round}`, {
    "x-dead-letter-exchange": "",
    "x-dead-letter-routing-key": "grave",
  });
  const action = { kind: "review", note: "Ask sales." } as const;
  await failures().createErrorPolicy(tester, "/", {
    name: queue,
    enabled: true,
    queue,
    pattern: null,
    when: {},
    action,
  });
});

/** A message that failed and waits for a person. */
async function waiting(body = "x"): Promise<Review> {
  await publish(broker(), queue, body);
  const error = { type: "NoStock", message: "none left", stack: "line 1" };
  await settle(broker(), await lease(broker(), queue), { kind: "reject", error });
  const { items } = await failures().listReviews(tester, {
    queue,
    states: ["waiting"],
    order: "newest",
    limit: 1,
    bodyLimit: 10,
  });
  const [review] = items;
  if (!review) throw new Error("the message waits for a person");
  return review;
}

const decide = (review: Review, decision: ReviewDecision, actor = anna) =>
  failures().decideReview(actor, review.id, decision, "as agreed");

async function total(name: string) {
  const { counts } = await broker().getQueue(tester, "/", name);
  return counts.ready + counts.unacknowledged + counts.delayed;
}

describe("a message that waits for a person", () => {
  test("is in no queue, and is shown with what happened to it", async () => {
    const review = await waiting("body");
    expect(review).toMatchObject({
      ...{ queue, state: "waiting", reason: "rejected", attempts: 1, policy: queue, note: "Ask sales." },
      ...{ error: { type: "NoStock", message: "none left", stack: "line 1" }, claim: null, decision: null },
    });
    expect(Buffer.from(review.body).toString()).toBe("body");
    expect(await total(queue)).toBe(0);
    const [attempt] = await failures().listAttempts(tester, "/", review.messageId);
    expect(attempt).toMatchObject({ outcome: "review", detail: { review: review.id } });
  });

  test("is claimed by one person; the second is told who has it", async () => {
    const review = await waiting();
    expect(await failures().claimReview(anna, review.id, { takeOver: false })).toMatchObject({
      state: "claimed",
      claim: { by: "anna" },
    });
    const refused = failures().claimReview(ben, review.id, { takeOver: false });
    await expect(refused).rejects.toMatchObject({ code: "conflict", detail: { claimed_by: "anna" } });
    expect(await codeOf(decide(review, { kind: "retry" }, ben))).toBe("conflict");
    expect(await codeOf(failures().releaseReview(ben, review.id))).toBe("conflict");
    expect(await failures().claimReview(ben, review.id, { takeOver: true })).toMatchObject({ claim: { by: "ben" } });
    expect(await failures().releaseReview(ben, review.id)).toMatchObject({ state: "waiting", claim: null });
    expect(await failures().countReviews(tester, "/")).toMatchObject({ claimed: 0 });
  });

  test("of two who decide at once one does, and the other is told what was decided", async () => {
    const review = await waiting();
    const both = await Promise.allSettled([
      decide(review, { kind: "retry" }, anna),
      decide(review, { kind: "discard" }, ben),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    const lost = both.find((one) => one.status === "rejected");
    expect(lost?.reason).toMatchObject({ code: "conflict" });
    const { decision } = await failures().getReview(tester, review.id);
    expect(await total(queue)).toBe(decision?.kind === "retry" ? 1 : 0);
  });

  test("can be commented", async () => {
    const review = await waiting();
    await failures().commentReview(anna, review.id, "first");
    const { comments, version } = await failures().commentReview(ben, review.id, "second");
    expect(comments).toMatchObject([
      { by: "anna", text: "first" },
      { by: "ben", text: "second" },
    ]);
    expect(version).toBe(review.version + 2);
    expect(await codeOf(failures().commentReview(ben, 0, "x"))).toBe("not-found");
  });

  test("is found page by page", async () => {
    const made = [await waiting("1"), await waiting("2"), await waiting("3")].map(({ id }) => id);
    const page = (cursor?: string) =>
      failures().listReviews(tester, {
        queue,
        states: ["waiting"],
        order: "oldest",
        limit: 2,
        bodyLimit: 0,
        ...(cursor && { cursor }),
      });
    const first = await page();
    const second = await page(first.next ?? "");
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made);
    expect(second.next).toBeNull();
    expect(await codeOf(page("nonsense"))).toBe("bad-request");
  });
});

describe("deciding", () => {
  test("retry: to the end of its queue, with a fresh count; who decided is kept", async () => {
    const review = await waiting("again");
    expect(await decide(review, { kind: "retry" })).toMatchObject({
      state: "decided",
      decision: { kind: "retry", by: "anna", detail: { queues: [queue] } },
      comments: [{ by: "anna", text: "as agreed" }],
    });
    const [message] = await lease(broker(), queue);
    expect(message).toMatchObject({ messageId: review.messageId, deliveryCount: 0, routingKey: queue });
    expect(await codeOf(decide(review, { kind: "retry" }))).toBe("conflict");
  });

  test("edit: a new message takes its place, and says of which it was made", async () => {
    const review = await waiting("typo");
    const { decision } = await decide(review, {
      kind: "edit",
      properties: { deliveryMode: 2 },
      body: Buffer.from("mended"),
    });
    const [message] = await lease(broker(), queue);
    expect(bodies(message ? [message] : [])).toEqual(["mended"]);
    expect(message?.messageId).toBe(decision?.detail.message_id);
    expect(message?.properties.headers?.get("x-edited-from")).toEqual({ t: "l", v: review.messageId });
    const lost = {
      kind: "edit",
      properties: {},
      body: Buffer.from(""),
      to: { exchange: "", routingKey: "nowhere" },
    } as const;
    const next = await waiting();
    expect(await codeOf(decide(next, lost))).toBe("precondition-failed");
    expect(await failures().getReview(tester, next.id)).toMatchObject({ state: "waiting" });
  });

  test("forward: through an exchange; where nobody takes it, it stays", async () => {
    const other = await declare(broker(), `other ${round}`);
    const full = await declare(broker(), `full ${round}`, { "x-max-length": 0, "x-overflow": "reject-publish" });
    const review = await waiting("sent on");
    const forward = (routingKey: string) => decide(review, { kind: "forward", to: { exchange: "", routingKey } });
    expect(await codeOf(forward("nowhere"))).toBe("precondition-failed");
    expect(await codeOf(forward(full))).toBe("precondition-failed");
    await forward(other);
    expect(bodies(await lease(broker(), other))).toEqual(["sent on"]);
  });

  test("dead_letter: through the queue's exchange, with its cause", async () => {
    const review = await waiting();
    expect(await codeOf(decide(review, { kind: "dead_letter" }))).toBe("precondition-failed");
    const grave = await declare(broker(), "grave");
    await decide(review, { kind: "dead_letter" });
    const { items } = await broker().listDeadLetters(tester, {
      vhost: "/",
      queue: grave,
      order: "newest",
      limit: 1,
      bodyLimit: 0,
    });
    expect(items).toMatchObject([{ death: { reason: "rejected", originQueue: queue, errorType: "NoStock" } }]);
    await broker().deleteQueue(tester, "/", grave, { ifUnused: false, ifEmpty: false });
  });

  test("discard: into the trash, from which it comes back to its place", async () => {
    const review = await waiting("early");
    await publish(broker(), queue, "late");
    const { decision } = await decide(review, { kind: "discard" });
    expect(await broker().restoreTrash(tester, String(decision?.detail.trash))).toEqual({ restored: 1 });
    expect(bodies(await lease(broker(), queue))).toEqual(["early", "late"]);
  });

  test("when its queue is gone it can still be forwarded", async () => {
    const review = await waiting("orphan");
    await broker().deleteQueue(tester, "/", queue, { ifUnused: false, ifEmpty: false });
    expect(await codeOf(decide(review, { kind: "retry" }))).toBe("not-found");
    const heir = await declare(broker(), `heir ${round}`);
    await decide(review, { kind: "forward", to: { exchange: "", routingKey: heir } });
    expect(bodies(await lease(broker(), heir))).toEqual(["orphan"]);
  });
});
