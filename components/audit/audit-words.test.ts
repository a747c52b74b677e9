import { describe, expect, it } from "vitest";
import { actionWords, completions, filterOf, filterProblem, objectHref } from "@/components/audit/audit-words";
import type { AuditLine } from "@/lib/api-client/audit";

const line: AuditLine = {
  id: 1,
  at: "2026-04-11T12:00:00.000Z",
  user: "guest",
  address: "::1",
  door: "http",
  action: "queue.purge",
  vhost: "/",
  target: "orders/paid",
  detail: {},
  outcome: "done",
};

describe("the audit log's words", () => {
  it("reads a filter: text is the object, of one name the last counts", () => {
    const terms = [
      { name: "user", value: "a" },
      { name: "user", value: "b" },
      { name: "by", value: "amqp" },
    ];
    expect(filterOf({ terms, text: "orders paid" })).toEqual({ target: "orders paid", user: "b", door: "amqp" });
    expect(filterOf({ terms: [{ name: "object", value: "x" }], text: "y" })).toEqual({ target: "x" });
    expect(filterProblem({ door: "amqp" })).toBeUndefined();
    expect(filterProblem({ door: "post" })).toContain("http, console, amqp");
  });

  it("says an action with its verb first", () => {
    expect(actionWords("queue.purge")).toBe("Purge queue");
    expect(actionWords("dead-letter.retry")).toBe("Retry dead letter");
  });

  it("offers what the lines hold", () => {
    expect(completions("action:q", [line]).map(({ insert }) => insert)).toEqual([
      "action:queue.purge",
      "action:queue.",
    ]);
    expect(completions("", [line])).toEqual([]);
  });

  it("leads to what has a page and is still there", () => {
    expect(objectHref(line)).toBe("/queues/%2F/orders%2Fpaid");
    expect(objectHref({ ...line, action: "queue.delete" })).toBeUndefined();
    expect(objectHref({ ...line, action: "queue.delete", outcome: "refused" })).toBe("/queues/%2F/orders%2Fpaid");
    const policy = { ...line, action: "operator-policy.put", target: "cap it" };
    expect(objectHref(policy)).toBe("/policies?vhost=%2F&tab=operator&policy=cap+it&in=%2F");
    expect(objectHref({ ...policy, action: "operator-policy.delete" })).toBeUndefined();
    const onPages = { ...line, vhost: null, target: "a/b" };
    expect(objectHref({ ...onPages, action: "user.put" })).toBe("/users?open=a%2Fb");
    expect(objectHref({ ...onPages, action: "vhost.put" })).toBe("/vhosts?open=a%2Fb");
    expect(objectHref({ ...line, action: "permission.delete", target: "a" })).toBe("/users?open=a");
    expect(objectHref({ ...line, action: "topic-permission.delete", target: "a amq.topic" })).toBe("/users");
    expect(objectHref({ ...line, action: "vhost-limit.delete", target: "max-queues" })).toBe(
      "/policies?tab=limits&of=vhost",
    );
    expect(objectHref({ ...line, action: "session.login", vhost: null, target: "guest" })).toBeUndefined();
  });
});
