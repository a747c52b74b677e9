import { describe, expect, it } from "vitest";
import { effectOf, type Subject } from "@/components/policies/policy-effect";
import {
  emptyForm,
  formOf,
  formProblem,
  othersProblem,
  policyOf,
  samePolicy,
} from "@/components/policies/policy-form-state";
import { settingsOf, shownGroups } from "@/components/policies/policy-settings";
import type { Policy } from "@/lib/api-client/policies";
import { checkPolicy } from "@/lib/broker/rules/policy-definition";

const policy: Policy = {
  vhost: "/",
  name: "limits",
  pattern: "^orders",
  "apply-to": "queues",
  priority: 1,
  definition: { "max-length": 5, "queue-mode": "lazy", "dead-letter-exchange": "" },
};

describe("a policy's form", () => {
  it("shows what it knows as fields, the rest as JSON, and loses nothing", () => {
    const form = formOf("user", policy);
    expect(form.known).toEqual({ "max-length": 5 });
    expect(JSON.parse(form.others)).toEqual({ "queue-mode": "lazy", "dead-letter-exchange": "" });
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

  it("offers what does something to the target, and what is set anyway", () => {
    const names = (...of: Parameters<typeof shownGroups>) =>
      shownGroups(...of).flatMap(({ settings }) => settings.map(({ name }) => name));
    expect(names("user", "exchanges", {})).toEqual(["retention", "alternate-exchange"]);
    expect(names("user", "exchanges", { "max-length": 1 })).toContain("max-length");
    expect(names("user", "classic_queues", {})).not.toContain("alternate-exchange");
    expect(names("user", "all", {})).toHaveLength(settingsOf("user").length);
    expect(names("operator", "queues", {})).not.toContain("dead-letter-exchange");
  });

  it("has fields only for settings that the broker takes", () => {
    for (const kind of ["user", "operator"] as const) {
      for (const setting of settingsOf(kind)) {
        const value = setting.kind === "number" ? 1 : setting.kind === "text" ? "x" : setting.choices[0];
        const definition = { ...(setting.name === "rate-burst" && { "rate-limit": 1 }), [setting.name]: value };
        const { "apply-to": applyTo, ...rest } = policy;
        expect(() => checkPolicy(kind, { ...rest, applyTo, definition })).not.toThrow();
      }
    }
  });

  it("takes policies for the same whatever the order of their settings", () => {
    const turned = { ...policy, definition: Object.fromEntries(Object.entries(policy.definition).reverse()) };
    expect(samePolicy(policy, turned)).toBe(true);
    expect(samePolicy(policy, { ...policy, priority: 2 })).toBe(false);
    expect(samePolicy(policy, { ...policy, definition: { "max-length": 6 } })).toBe(false);
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
