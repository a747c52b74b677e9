import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { longString, textOf } from "@/lib/broker/properties/field-value";
import { expectTrueCounts } from "@/test/engine/views/accounts";
import { actor, createFixture, type Fixture } from "@/test/engine/views/fixture";

let fixture: Fixture;
beforeAll(async () => {
  fixture = await createFixture();
});
afterAll(() => fixture.close());

async function letter() {
  const { origin, dlq } = await fixture.grave(["broken"]);
  const query = { vhost: "/", queue: dlq, order: "oldest", limit: 1, bodyLimit: 10 } as const;
  const { items } = await fixture.broker.listDeadLetters(actor, query);
  const [found] = items;
  if (!found) throw new Error("no letter");
  return { origin, dlq, found, ref: { vhost: "/", queue: dlq, id: found.id } };
}

const mended = (routingKey: string, body = "mended") => ({
  ...{ exchange: "", routingKey, body: Buffer.from(body) },
  properties: { deliveryMode: 2, headers: new Map([["by", longString("hand")]]) },
});
const ready = async (queue: string) => (await fixture.broker.getQueue(actor, "/", queue)).counts.ready;

describe("editing", { timeout: 300_000 }, () => {
  test("sends the new message exactly when the original is gone, and each knows of the other", async () => {
    const { origin, dlq, found, ref } = await letter();
    const outcome = await fixture.broker.edits.edit({ ...actor, user: "ann" }, ref, mended(origin));
    expect(outcome).toMatchObject({ queues: [origin], editedFrom: found.messageId });
    expect(await ready(dlq)).toBe(0);
    const [message] = await fixture.lease(origin, 10);
    expect(Buffer.from(message?.body ?? []).toString()).toBe("mended");
    expect(message?.messageId).toBe(outcome.messageId);
    expect(message?.properties.headers?.get("x-edited-from")).toEqual({ t: "l", v: found.messageId });
    expect(textOf(message?.properties.headers?.get("by"))).toBe("hand");
    const after = await fixture.broker.edits.lineage(actor, "/", outcome.messageId);
    expect(after.editedFrom).toMatchObject({ by: "ann", queue: dlq, fromMessageId: found.messageId });
    expect(Buffer.from(after.editedFrom?.original.body ?? []).toString()).toBe("broken");
    expect(after.editedFrom?.original.properties.headers?.has("x-death")).toBe(true);
    const before = await fixture.broker.edits.lineage(actor, "/", found.messageId);
    expect(before.editedTo.map(({ toMessageId }) => toMessageId)).toEqual([outcome.messageId]);
    expect(await fixture.broker.restoreTrash(actor, outcome.trash)).toEqual({ restored: 1 });
    expect(await ready(dlq)).toBe(1);
    await expectTrueCounts(fixture);
  });

  test("by two tabs at once succeeds in one, and the other is told", async () => {
    const { origin, ref } = await letter();
    const results = await Promise.allSettled(
      ["ann", "bob"].map((user) => fixture.broker.edits.edit({ ...actor, user }, ref, mended(origin, user))),
    );
    const refusals = results.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatchObject({ code: "conflict", detail: { what: "edited" } });
    const sent = await fixture.lease(origin, 10);
    expect(sent).toHaveLength(1);
    expect(Buffer.from(sent[0]?.body ?? []).toString()).toBe(refusals[0].detail.by);
    expect(refusals[0].detail.message_id).toBe(sent[0]?.messageId);
    await expectTrueCounts(fixture);
  });

  test("changes nothing when the new message goes nowhere, is refused, or the original is held or gone", async () => {
    const { origin, dlq, ref } = await letter();
    const edit = (routingKey: string) => fixture.broker.edits.edit(actor, ref, mended(routingKey));
    await expect(edit("nowhere")).rejects.toMatchObject({ code: "precondition-failed" });
    const full = await fixture.queue(
      new Map([
        ["x-max-length", { t: "l", v: 0 }],
        ["x-overflow", longString("reject-publish")],
      ]),
    );
    await expect(edit(full)).rejects.toMatchObject({ code: "precondition-failed" });
    expect(await ready(dlq)).toBe(1);
    expect(await fixture.broker.listTrash(actor, "/")).toEqual(
      expect.not.arrayContaining([expect.objectContaining({ queue: dlq })]),
    );
    const [held] = await fixture.lease(dlq, 1);
    await expect(edit(origin)).rejects.toMatchObject({ code: "conflict", detail: { what: "held" } });
    const outcome = { kind: "ack" as const };
    await fixture.broker.settle(actor, [{ receipt: held?.receipt ?? "", outcome }]);
    await expect(edit(origin)).rejects.toMatchObject({ code: "conflict", detail: { what: "taken" } });
    expect(await ready(origin)).toBe(0);
    await expectTrueCounts(fixture);
  });

  test("of one that somebody discarded says who", async () => {
    const { origin, dlq, ref } = await letter();
    await fixture.broker.discardDeadLetters({ ...actor, user: "bob" }, "/", { kind: "all", queue: dlq });
    await expect(fixture.broker.edits.edit(actor, ref, mended(origin))).rejects.toThrow("bob put it into the trash");
  });
});
