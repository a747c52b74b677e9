import { createHmac } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { NotificationTargetInput } from "@/lib/broker/notifications";
import type { EngineContext } from "@/lib/engine/context";
import { deliverNotices, noticeRules } from "@/lib/engine/notification/deliver";
import { noticeSender } from "@/lib/notify/sender";
import {
  type Cluster,
  codeOf,
  createCluster,
  declare,
  lease,
  publish,
  settle,
  tester,
} from "@/test/engine/core/cluster";
import { startMailServer, startReceiver } from "@/test/engine/failures/receivers";

let cluster: Cluster;
let receiver: Awaited<ReturnType<typeof startReceiver>>;
let mail: Awaited<ReturnType<typeof startMailServer>>;
/** As a node has it, but without duties: a test says when. */
let node: EngineContext;
beforeAll(async () => {
  cluster = await createCluster(1, { duties: false });
  receiver = await startReceiver();
  mail = await startMailServer();
  const [first] = cluster.nodes;
  if (!first) throw new Error("a cluster has a node");
  node = { ...first.context, notifier: noticeSender({ allowLocal: true }) };
});
afterAll(async () => {
  await cluster.close();
  await receiver.close();
  await mail.close();
});

const failures = () => cluster.broker.failures;
const impatient = { ...noticeRules, firstPauseMs: 0, longestPauseMs: 0, mostTries: 3 };
let queue: string;
let round = 0;
beforeEach(async () => {
  queue = await declare(cluster.broker, `told ${++round}`);
  receiver.received.length = 0;
});
afterEach(async () => {
  for (const { id } of await failures().listErrorPolicies(tester)) await failures().deleteErrorPolicy(tester, "/", id);
  for (const { name } of await failures().listNotificationTargets(tester)) {
    await failures().deleteNotificationTarget(tester, name);
  }
});

function target(given: Partial<NotificationTargetInput> = {}) {
  const input = { name: "ops", kind: "webhook", enabled: true, groupMs: 0, perHour: 60, url: receiver.url, ...given };
  return failures().createNotificationTarget(tester, input as NotificationTargetInput);
}

function tell(...targets: string[]) {
  const action = { kind: "notify", targets, afterwards: "next" } as const;
  const rule = { name: queue, enabled: true, queue, pattern: null, when: {}, action };
  return failures().createErrorPolicy(tester, "/", rule);
}

async function fail(count: number, type: string) {
  for (let i = 0; i < count; i++) await publish(cluster.broker, queue, String(i));
  await settle(cluster.broker, await lease(cluster.broker, queue), {
    kind: "reject",
    error: { type, message: "bad\n<b>" },
  });
}

async function noticesOf(name = "ops") {
  return (await failures().listNotices(tester, { target: name, limit: 50 })).items;
}

describe("a webhook", () => {
  test("is told once of many failures of one cause, signed with the shared secret", async () => {
    await target({ secret: "shared" });
    await tell("ops");
    await fail(60, "NoStock");
    await fail(40, "NoStock");
    await fail(1, "Other");
    await deliverNotices(node);
    const bodies = receiver.received.map(({ body }) => JSON.parse(body));
    expect(bodies.map((body) => [body.error_type, body.count]).sort()).toEqual([
      ["NoStock", 100],
      ["Other", 1],
    ]);
    expect(bodies.find(({ count }) => count === 100)).toMatchObject({
      ...{ type: "warren.failures", test: false, vhost: "/", queue, policy: queue, reason: "rejected" },
      message_ids: expect.objectContaining({ length: 10 }),
    });
    for (const { headers, body } of receiver.received) {
      const timestamp = String(headers["x-warren-timestamp"]);
      const hmac = createHmac("sha256", "shared").update(`${timestamp}.${body}`).digest("hex");
      expect(headers["x-warren-signature"]).toBe(`sha256=${hmac}`);
      expect(headers["x-warren-notice-id"]).toBe(JSON.parse(body).id);
      expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(60);
    }
    await deliverNotices(node);
    expect(receiver.received).toHaveLength(2);
    // The policies' decision goes on: without a dead-letter exchange it is the trash.
    expect((await cluster.broker.listTrash(tester, "/"))[0]).toMatchObject({ queue, count: 101 });
  });

  test("is not told before the time is over in which more may come", async () => {
    await target({ groupMs: 3_600_000 });
    await tell("ops");
    await fail(2, "NoStock");
    await deliverNotices(node);
    await fail(1, "NoStock");
    await deliverNotices(node);
    expect(receiver.received).toEqual([]);
    expect(await noticesOf()).toMatchObject([{ state: "collecting", count: 3, attempts: [] }]);
  });

  test("is tried again after an error, and given up in the end; by hand once more", async () => {
    await target();
    await tell("ops");
    await fail(1, "NoStock");
    receiver.answers.push(500, 302, 404);
    for (let i = 0; i < 5; i++) await deliverNotices(node, impatient);
    const [notice] = await noticesOf();
    expect(notice).toMatchObject({ state: "failed", nextAt: null });
    expect(notice?.attempts.map(({ status, error }) => [status, error])).toEqual([
      [500, "It answered 500 Internal Server Error"],
      [302, "It answered 302 Found"],
      [404, "It answered 404 Not Found"],
    ]);
    expect(JSON.stringify(notice)).not.toContain("secret answer");
    await failures().retryNotice(tester, notice?.id ?? "");
    await deliverNotices(node, impatient);
    expect(await noticesOf()).toMatchObject([{ state: "sent" }]);
    expect(await codeOf(failures().retryNotice(tester, notice?.id ?? ""))).toBe("conflict");
    // All of them bear the id of the one notice.
    expect(new Set(receiver.received.map(({ headers }) => headers["x-warren-notice-id"])).size).toBe(1);
  });

  test("is told no more often in an hour than it wants; what waits collects on", async () => {
    await target({ perHour: 2 });
    await tell("ops");
    for (const type of ["A", "B", "C"]) await fail(1, type);
    await deliverNotices(node);
    await fail(4, "C");
    await deliverNotices(node);
    expect(receiver.received).toHaveLength(2);
    expect((await noticesOf()).filter(({ state }) => state === "collecting")).toMatchObject([{ count: 5 }]);
  });

  test("of a node that dies while it sends is sent by the next", async () => {
    await target();
    await tell("ops");
    await fail(1, "NoStock");
    const hangs = { ...node, notifier: { send: () => Promise.reject(new Error("killed")) } };
    await expect(deliverNotices(hangs)).rejects.toThrow("killed");
    await deliverNotices(node);
    expect(receiver.received).toEqual([]);
    await cluster.sql("UPDATE warren.notice SET next_at = now() WHERE state = 'waiting'");
    await deliverNotices(node);
    expect(receiver.received).toHaveLength(1);
  });
});

describe("the other kinds", () => {
  test("Slack is sent text that can't be markup", async () => {
    const { url, hasSecret } = await target({ kind: "slack" });
    expect([url, hasSecret]).toEqual([`${new URL(receiver.url).origin}/…`, false]);
    await tell("ops");
    await fail(2, "<!channel> & co");
    await deliverNotices(node);
    const body = JSON.parse(receiver.received[0]?.body ?? "");
    expect(body.text).toBe(`2 messages failed in ${queue}: &lt;!channel&gt; &amp; co`);
    expect(body.blocks[0].text.text).toContain("bad &lt;b&gt;");
  });

  test("e-mail goes out by SMTP with a password that nobody is shown", async () => {
    const smtp = {
      host: "127.0.0.1",
      port: mail.port,
      security: "none",
      user: "warren",
      from: "warren@a.test",
      to: ["b@a.test"],
    } as const;
    const { url: _, ...rest } = {
      url: "",
      name: "mail",
      kind: "email",
      smtp,
      enabled: true,
      groupMs: 0,
      perHour: 60,
    } as const;
    await failures().createNotificationTarget(tester, { ...rest, secret: "wrong" });
    await tell("mail");
    await fail(3, "NoStock\r\nBcc: x@y");
    await deliverNotices(node, impatient);
    const [refused] = await noticesOf("mail");
    expect(refused?.attempts).toMatchObject([
      { result: "failed", error: "The mail server refused the user or password." },
    ]);
    const changed = await failures().updateNotificationTarget(tester, { ...rest, secret: "right" }, 1);
    expect(changed).toMatchObject({ hasSecret: true, version: 2 });
    expect(JSON.stringify(changed)).not.toContain("right");
    await deliverNotices(node, impatient);
    expect(mail.mails).toHaveLength(1);
    expect(mail.mails[0]).toContain("To: b@a.test");
    expect(mail.mails[0]?.replace(/\r\n\s/g, " ")).toContain(
      `Subject: 3 messages failed in ${queue}: NoStock Bcc: x@y`,
    );
    expect(mail.mails[0]).not.toMatch(/^Bcc:/m);
  });
});

describe("a target", () => {
  test("of this machine is refused unless the server allows it", async () => {
    await target();
    const strict = noticeSender({ allowLocal: false });
    const notice = {
      id: "x",
      vhost: "/",
      queue,
      policy: "p",
      reason: "rejected",
      errorType: null,
      errorMessage: null,
    } as const;
    const content = { ...notice, count: 1, firstAt: new Date(), lastAt: new Date(), messageIds: [], isTest: true };
    const port = new URL(receiver.url).port;
    for (const host of [
      "127.0.0.1",
      "localhost",
      "[::1]",
      "0.0.0.0",
      "2130706433",
      "[::ffff:127.0.0.1]",
      "169.254.169.254",
    ]) {
      const destination = { kind: "webhook", url: `http://${host}:${port}/`, secret: null, smtp: null } as const;
      expect([host, await strict.send(destination, content)]).toMatchObject([
        host,
        { result: "failed", error: expect.stringContaining("WARREN_NOTIFY_LOCAL") },
      ]);
    }
    const smtp = {
      host: "localhost",
      port: mail.port,
      security: "none",
      user: null,
      from: "a@b.c",
      to: ["a@b.c"],
    } as const;
    expect(await strict.send({ kind: "email", url: null, secret: null, smtp }, content)).toMatchObject({
      result: "failed",
    });
    expect(receiver.received).toEqual([]);
  });

  test("keeps its secret when it is changed without one, and loses it on demand", async () => {
    await target({ secret: "shared" });
    const { secret: _, ...input } = {
      name: "ops",
      kind: "webhook",
      enabled: true,
      groupMs: 5,
      perHour: 60,
      url: receiver.url,
      secret: "",
    } as const;
    expect(await failures().updateNotificationTarget(tester, input, 1)).toMatchObject({ hasSecret: true, groupMs: 5 });
    expect(await codeOf(failures().updateNotificationTarget(tester, input, 1))).toBe("conflict");
    expect(await failures().updateNotificationTarget(tester, { ...input, secret: null }, 2)).toMatchObject({
      hasSecret: false,
    });
  });

  test("that policies name can't go, and one that isn't there can't be named", async () => {
    await target();
    expect(await codeOf(tell("nobody"))).toBe("bad-request");
    const policy = await tell("ops");
    expect(await failures().getNotificationTarget(tester, "ops")).toMatchObject({
      usedBy: [{ vhost: "/", policy: queue }],
    });
    expect(await codeOf(failures().deleteNotificationTarget(tester, "ops"))).toBe("precondition-failed");
    await failures().deleteErrorPolicy(tester, "/", policy.id);
    await failures().deleteNotificationTarget(tester, "ops");
    expect(await codeOf(failures().getNotificationTarget(tester, "ops"))).toBe("not-found");
  });

  test.each([
    [{ url: "ftp://a" }, "url"],
    [{ url: "http://user:pass@a/" }, "url"],
    [{ kind: "email", url: undefined }, "smtp"],
    [{ perHour: 0 }, "per_hour"],
    [{ name: " " }, "name"],
  ] as const)("%j is refused", async (given, field) => {
    await expect(target(given as Partial<NotificationTargetInput>)).rejects.toMatchObject({
      code: "bad-request",
      detail: { field },
    });
  });
});
