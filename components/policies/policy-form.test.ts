import { describe, expect, it } from "vitest";
import { effectOf, type Subject } from "@/components/policies/policy-effect";
import { emptyForm, formOf, formProblem, othersProblem, policyOf } from "@/components/policies/policy-form-state";
import type { Policy } from "@/lib/api-client/policies";

const policy: Policy = {
  vhost: "/",
  name: "limits",
  pattern: "^orders",
  "apply-to": "queues",
  priority: 1,
  definition: { "max-length": 5, "queue-mode": "lazy" },
};

describe("a policy's form", () => {
  it("shows what it knows as fields, the rest as JSON, and loses nothing", () => {
    const form = formOf("user", policy);
    expect(form.known).toEqual({ "max-length": 5 });
    expect(JSON.parse(form.others)).toEqual({ "queue-mode": "lazy" });
    expect(policyOf(form)).toEqual(policy);
    expect(formProblem(form, false)).toBeUndefined();
  });

  it("says what is wrong before it is sent", () => {
    expect(formProblem({ ...emptyForm("/"), name: "" }, false)).toContain("name");
    expect(formProblem({ ...emptyForm("/"), name: "a" }, false)).toContain("Set something");
    expect(formProblem(formOf("user", policy), true)).toContain("Another policy");
    expect(othersProblem({ ...emptyForm("/"), others: "[1]" })).toContain("JSON object");
    expect(othersProblem({ ...emptyForm("/"), others: '{"expires":1}', known: { expires: 2 } })).toContain("expires");
    expect(formProblem({ ...emptyForm("/"), name: "a", known: { "rate-burst": 2 } }, false)).toContain("rate-limit");
  });
});

describe("what a policy would apply to", () => {
  const queue = (name: string, has: string | null = null): Subject => ({
    kind: "queue",
    type: "classic",
    name,
    policy: has,
  });
  const exchange: Subject = { kind: "exchange", name: "orders", policy: null };

  it("is told by pattern, target and priority", () => {
    const first = { ...policy, name: "first", pattern: "vip$", priority: 2 };
    const subjects = [queue("orders.1"), queue("orders.vip"), queue("other", "limits"), exchange];
    const effect = effectOf("user", policy, [policy, first], subjects);
    expect(effect.applies.map(({ name }) => name)).toEqual(["orders.1"]);
    expect(effect.overruled.map(({ subject, by }) => [subject.name, by])).toEqual([["orders.vip", "first"]]);
    expect(effect.loses.map(({ name }) => name)).toEqual(["other"]);
    const all = effectOf("user", { ...policy, "apply-to": "all" }, [], subjects);
    expect(all.applies).toContainEqual(exchange);
  });

  it("is told of operators' policies too", () => {
    expect(effectOf("operator", policy, [], [queue("orders")]).applies).toHaveLength(1);
  });

  it("is nothing while the pattern can't be read, and says why", () => {
    const effect = effectOf("user", { ...policy, pattern: "(" }, [], [queue("orders")]);
    expect(effect.applies).toEqual([]);
    expect(effect.problem).not.toBeNull();
  });
});
