import { describe, expect, it } from "vitest";
import {
  formOf,
  initialAction,
  initialPolicy,
  policyOf,
  policyProblem,
  retryDelays,
} from "@/components/error-policies/policy-form-state";
import type { PolicyInput } from "@/lib/api-client/error-policies";

const policy: PolicyInput = {
  name: "slow down",
  enabled: true,
  queue: null,
  pattern: "^webhooks\\.",
  when: {
    reasons: ["rejected", "timeout"],
    error_type: "Gateway.*",
    headers: [{ name: "tenant", value: "acme" }, { name: "beta" }, { name: "region", pattern: "^eu" }],
    attempts: { max: 9 },
    age_ms: { min: 1500 },
  },
  action: {
    kind: "retry",
    backoff: "exponential",
    base_ms: 500,
    factor: 3,
    cap_ms: 60_000,
    jitter: 0.25,
    max_attempts: 7,
    afterwards: { kind: "notify", targets: ["ops"], afterwards: { kind: "review", note: "call the partner" } },
  },
};

describe("the form of a rule", () => {
  it("says again what it was made from", () => {
    expect(policyOf(formOf(policy))).toEqual(policy);
    const others: PolicyInput["action"][] = [
      { kind: "ignore", keep_ms: 3_600_000 },
      { kind: "dead_letter", exchange: "dlx", routing_key: "k" },
      { kind: "review" },
    ];
    for (const action of others) expect(policyOf(formOf({ ...policy, action })).action).toEqual(action);
  });

  it("names what is missing", () => {
    expect(policyProblem(initialPolicy)).toMatch(/name/);
    expect(policyProblem({ ...initialPolicy, name: "a", scope: "queue" })).toMatch(/queue/);
    expect(policyProblem({ ...initialPolicy, name: "a", minAttempts: 3, maxAttempts: 2 })).toMatch(/above/);
    expect(policyProblem({ ...initialPolicy, name: "a", action: { ...initialAction, kind: "notify" } })).toMatch(
      /tell/,
    );
    expect(policyProblem({ ...initialPolicy, name: "a" })).toBeUndefined();
  });

  it("shows how long a retry would wait", () => {
    expect(retryDelays({ ...initialAction, maxAttempts: 5 })).toEqual([1000, 2000, 4000, 8000]);
    expect(retryDelays({ ...initialAction, capSeconds: 3, maxAttempts: 4 })).toEqual([1000, 2000, 3000]);
    expect(retryDelays({ ...initialAction, backoff: "linear", maxAttempts: 4 })).toEqual([1000, 2000, 3000]);
    expect(retryDelays({ ...initialAction, backoff: "fixed", maxAttempts: 3 })).toEqual([1000, 1000]);
  });
});
