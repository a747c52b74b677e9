import { describe, expect, test } from "vitest";
import type { ErrorPolicy, ErrorPolicyInput, FailedDelivery, PolicyAction, RetryAction } from "@/lib/broker/failures";
import { fromPlain } from "@/lib/broker/properties/plain";
import { compilePolicy, judge, type RuleVerdict, retryDelay } from "@/lib/broker/rules/error-policy";
import { checkPolicy } from "@/lib/broker/rules/error-policy-check";

const input: ErrorPolicyInput = {
  name: "rule",
  enabled: true,
  queue: null,
  pattern: null,
  when: {},
  action: { kind: "ignore" },
};
const retry: RetryAction = { kind: "retry", backoff: "fixed", baseMs: 1000, maxAttempts: 3, afterwards: "next" };

function policy(given: Partial<ErrorPolicyInput>): ErrorPolicy {
  const at = new Date(0);
  const stored = {
    id: 1,
    vhost: "/",
    position: 1,
    version: 1,
    createdAt: at,
    createdBy: "",
    changedAt: at,
    changedBy: "",
  };
  return { ...input, ...stored, ...given };
}

function failed(given: Partial<FailedDelivery> = {}): FailedDelivery {
  return {
    queue: "orders",
    reason: "rejected",
    errorType: "TimeoutError",
    errorMessage: "no answer from 10.0.0.1",
    headers: fromPlain({ tenant: "acme", tries: 3 }),
    attempts: 1,
    ageMs: 60_000,
    ...given,
  };
}

function verdictOf(policies: readonly Partial<ErrorPolicyInput>[], failure = failed()) {
  return judge(
    policies.map((one) => compilePolicy(policy(one))),
    failure,
  );
}

describe("a rule matches", () => {
  test.each<[Partial<ErrorPolicyInput>, boolean]>([
    [{}, true],
    [{ enabled: false }, false],
    [{ queue: "orders" }, true],
    [{ queue: "order" }, false],
    [{ pattern: "^ord" }, true],
    [{ pattern: "^rd" }, false],
    [{ when: { reasons: ["expired", "rejected"] } }, true],
    [{ when: { reasons: ["expired"] } }, false],
    [{ when: { errorType: "^Timeout" } }, true],
    [{ when: { errorType: "^Value" } }, false],
    [{ when: { errorMessage: "from \\d+\\.\\d+" } }, true],
    [{ when: { headers: [{ name: "tenant" }] } }, true],
    [{ when: { headers: [{ name: "missing" }] } }, false],
    [{ when: { headers: [{ name: "tenant", value: "acme" }] } }, true],
    [{ when: { headers: [{ name: "tries", value: "3" }] } }, true],
    [{ when: { headers: [{ name: "tenant", value: "acm" }] } }, false],
    [{ when: { headers: [{ name: "tenant", pattern: "^a" }] } }, true],
    [{ when: { headers: [{ name: "tenant" }, { name: "missing" }] } }, false],
    [{ when: { attempts: { min: 1, max: 1 } } }, true],
    [{ when: { attempts: { min: 2 } } }, false],
    [{ when: { ageMs: { max: 60_000 } } }, true],
    [{ when: { ageMs: { min: 60_001 } } }, false],
    [{ when: { reasons: ["rejected"], errorType: "Value" } }, false],
  ])("%j: %s", (given, matches) => {
    expect(verdictOf([given]).policy !== null).toBe(matches);
  });

  test("nothing by an error that is not known", () => {
    const unknown = failed({ errorType: null, errorMessage: null });
    expect(verdictOf([{ when: { errorType: "" } }], unknown).policy).toBeNull();
  });
});

describe("the order", () => {
  test("the first that matches decides, and the others are not asked", () => {
    const rules: RuleVerdict[] = [];
    const policies = [{ name: "a", queue: "x" }, { name: "b" }, { name: "c" }].map((one) => compilePolicy(policy(one)));
    const verdict = judge(policies, failed(), (rule) => rules.push(rule));
    expect(verdict.policy?.name).toBe("b");
    expect(rules).toEqual([
      { policy: "a", matches: false, why: "it is for the queue x" },
      { policy: "b", matches: true, why: null },
    ]);
  });

  test("what is used up goes to the next, to RabbitMQ's behaviour, or to an action of its own", () => {
    const third = failed({ attempts: 3 });
    const then = (afterwards: RetryAction["afterwards"]) => [{ action: { ...retry, afterwards } }, { name: "next" }];
    expect(verdictOf(then("next"), failed({ attempts: 2 })).decision).toMatchObject({ kind: "retry", attempt: 2 });
    expect(verdictOf(then("next"), third)).toMatchObject({ decision: { kind: "ignore" }, policy: { name: "next" } });
    expect(verdictOf(then("default"), third)).toMatchObject({
      decision: { kind: "default" },
      policy: { name: "rule" },
    });
    expect(verdictOf(then({ kind: "review" }), third).decision).toEqual({ kind: "review" });
  });

  test("who is to be told is collected on the way", () => {
    const notify = (target: string): PolicyAction => ({ kind: "notify", targets: [target], afterwards: "next" });
    const verdict = verdictOf([{ action: notify("a") }, { action: notify("b") }]);
    expect(verdict.notices.map(({ target }) => target)).toEqual(["a", "b"]);
    expect(verdict.decision).toEqual({ kind: "default" });
  });

  test("what nobody tried is not retried", () => {
    expect(verdictOf([{ action: retry }], failed({ reason: "expired" })).decision).toEqual({ kind: "default" });
    expect(verdictOf([{ action: retry }], failed({ reason: "timeout" })).decision).toMatchObject({ kind: "retry" });
  });
});

describe("the wait before a retry", () => {
  test("is fixed, linear or exponential, and capped", () => {
    const waits = (action: RetryAction) => [1, 2, 3, 4].map((attempt) => retryDelay(action, attempt, 0));
    expect(waits(retry)).toEqual([1000, 1000, 1000, 1000]);
    expect(waits({ ...retry, backoff: "linear" })).toEqual([1000, 2000, 3000, 4000]);
    expect(waits({ ...retry, backoff: "exponential" })).toEqual([1000, 2000, 4000, 8000]);
    expect(waits({ ...retry, backoff: "exponential", factor: 10, capMs: 50_000 })).toEqual([
      1000, 10_000, 50_000, 50_000,
    ]);
    expect(retryDelay({ ...retry, backoff: "exponential" }, 1000, 0)).toBe(30 * 86_400_000);
  });

  test("jitter takes off at most its part", () => {
    expect(retryDelay({ ...retry, jitter: 0.5 }, 1, 0)).toBe(1000);
    expect(retryDelay({ ...retry, jitter: 0.5 }, 1, 1)).toBe(500);
    expect(retryDelay({ ...retry, jitter: 1 }, 1, 1)).toBe(0);
  });
});

describe("a policy that can't be is refused", () => {
  test.each<[Partial<ErrorPolicyInput>, string]>([
    [{ name: " " }, "name is empty"],
    [{ queue: "a", pattern: "b" }, "not with queue"],
    [{ pattern: "(" }, "no pattern"],
    [{ when: { errorMessage: "(?<=a)b" } }, "not supported"],
    [{ when: { attempts: { min: 3, max: 2 } } }, "ends before it begins"],
    [{ when: { reasons: [] } }, "never matches"],
    [{ when: { reasons: ["expired", "maxlen"] }, action: retry }, "nobody has tried it"],
    [{ action: { ...retry, maxAttempts: 1 } }, "max_attempts"],
    [{ action: { ...retry, afterwards: retry } }, "retries again"],
    [{ action: { ...retry, jitter: 2 } }, "jitter"],
    [{ action: { kind: "notify", targets: [], afterwards: "next" } }, "names nobody"],
    [{ action: { kind: "dead_letter", exchange: "x".repeat(256) } }, "255 bytes"],
  ])("%j: %s", (given, why) => {
    expect(() => checkPolicy({ ...input, ...given })).toThrow(why);
  });
});
