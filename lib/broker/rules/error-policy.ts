import type {
  ErrorPolicy,
  FailedDelivery,
  FailureReason,
  PolicyAction,
  PolicyCondition,
  PolicyNext,
  RetryAction,
} from "@/lib/broker/failures";
import { wasTried } from "@/lib/broker/failures";
import { plainText } from "@/lib/broker/rules/message-filter";
import { compilePattern } from "@/lib/broker/rules/pattern";

/** What is to be done with a failure; `default` is what RabbitMQ does. */
export type Decision =
  | { readonly kind: "default" }
  | { readonly kind: "retry"; readonly action: RetryAction; readonly attempt: number }
  | Exclude<PolicyAction, { readonly kind: "retry" | "notify" }>;

export interface Verdict {
  readonly decision: Decision;
  /** The rule that decided; null when none did. */
  readonly policy: ErrorPolicy | null;
  /** Who is to be told, and by which rule. */
  readonly notices: readonly { readonly policy: ErrorPolicy; readonly target: string }[];
}

/** What one rule had to say of a failure. */
export interface RuleVerdict {
  readonly policy: string;
  readonly matches: boolean;
  /** Why it doesn't match, or why it let the failure pass; null for the one that decided. */
  readonly why: string | null;
}

/** A rule with its patterns compiled. */
export interface CompiledPolicy {
  readonly policy: ErrorPolicy;
  /** Whether it may have something to say of such failures in a queue. */
  concerns(queue: string, reason: FailureReason): boolean;
  /** Null when it applies; otherwise why not. */
  mismatch(failed: FailedDelivery): string | null;
}

/** Throws `bad-request` for a pattern that can't be; one that was stored can. */
export function compilePolicy(policy: ErrorPolicy): CompiledPolicy {
  const isQueue = queueTest(policy);
  const tests = [isQueue, ...conditionTests(policy.when)];
  const { reasons } = policy.when;
  return {
    policy,
    concerns: (queue, reason) =>
      policy.enabled && (reasons === undefined || reasons.includes(reason)) && isQueue({ queue }) === null,
    mismatch: (failed) => {
      if (!policy.enabled) return "it is switched off";
      for (const test of tests) {
        const why = test(failed);
        if (why !== null) return why;
      }
      return null;
    },
  };
}

/** Asks the rules in their order. @param explain told of every rule that was asked */
export function judge(
  policies: readonly CompiledPolicy[],
  failed: FailedDelivery,
  explain?: (verdict: RuleVerdict) => void,
): Verdict {
  const notices: { policy: ErrorPolicy; target: string }[] = [];
  for (const { policy, mismatch } of policies) {
    const why = mismatch(failed);
    const decision = why === null ? decide(policy, policy.action, failed, notices) : null;
    const passed = why ?? (typeof decision === "string" ? decision : null);
    explain?.({ policy: policy.name, matches: why === null, why: passed });
    if (decision !== null && typeof decision !== "string") return { decision, policy, notices };
  }
  return { decision: { kind: "default" }, policy: null, notices };
}

/** How long the next retry waits, in ms. @param random from 0 to below 1 */
export function retryDelay(action: RetryAction, attempt: number, random: number): number {
  const wait = Math.min(plainDelay(action, attempt), action.capMs ?? maxDelayMs, maxDelayMs);
  return Math.round(wait * (1 - (action.jitter ?? 0) * random));
}

/** As long as a message may be delayed: 30 days. */
export const maxDelayMs = 30 * 24 * 60 * 60 * 1000;

function plainDelay({ backoff, baseMs, factor = 2 }: RetryAction, attempt: number): number {
  if (backoff === "fixed") return baseMs;
  return backoff === "linear" ? baseMs * attempt : baseMs * factor ** (attempt - 1);
}

/** A decision, or in words why the next rule is to be asked. */
function decide(
  policy: ErrorPolicy,
  action: PolicyAction,
  failed: FailedDelivery,
  notices: { policy: ErrorPolicy; target: string }[],
): Decision | string {
  if (action.kind === "retry") {
    if (!wasTried(failed.reason)) return `nobody has tried what is ${failed.reason}, so it is not retried`;
    if (failed.attempts < action.maxAttempts) return { kind: "retry", action, attempt: failed.attempts };
    return follow(policy, action.afterwards, failed, notices, `its ${action.maxAttempts} attempts are used up`);
  }
  if (action.kind === "notify") {
    for (const target of action.targets) notices.push({ policy, target });
    return follow(policy, action.afterwards, failed, notices, "it notifies, and lets the next rule decide");
  }
  return action;
}

function follow(
  policy: ErrorPolicy,
  next: PolicyNext,
  failed: FailedDelivery,
  notices: { policy: ErrorPolicy; target: string }[],
  why: string,
): Decision | string {
  if (next === "next") return why;
  return next === "default" ? { kind: "default" } : decide(policy, next, failed, notices);
}

/** Of a longer text only the beginning is looked at: a test takes time in proportion to it. In UTF-16 units. */
const maxText = 4_096;

type Test = (failed: FailedDelivery) => string | null;

function queueTest({ queue, pattern }: ErrorPolicy): (failed: Pick<FailedDelivery, "queue">) => string | null {
  if (queue !== null) return (failed) => (failed.queue === queue ? null : `it is for the queue ${queue}`);
  if (pattern === null) return () => null;
  const compiled = compilePattern(pattern);
  return (failed) => (compiled.test(failed.queue) ? null : `the queue's name doesn't match ${pattern}`);
}

function conditionTests(when: PolicyCondition): Test[] {
  const tests: Test[] = [];
  const { reasons, errorType, errorMessage, attempts, ageMs } = when;
  if (reasons) tests.push(({ reason }) => (reasons.includes(reason) ? null : `the reason is ${reason}`));
  if (errorType !== undefined) tests.push(textTest("error type", errorType, (failed) => failed.errorType));
  if (errorMessage !== undefined) tests.push(textTest("error message", errorMessage, (failed) => failed.errorMessage));
  for (const header of when.headers ?? []) tests.push(headerTest(header));
  if (attempts) tests.push(rangeTest("this is attempt", attempts, (failed) => failed.attempts));
  if (ageMs) tests.push(rangeTest("its age in ms is", ageMs, (failed) => failed.ageMs));
  return tests;
}

function textTest(what: string, source: string, read: (failed: FailedDelivery) => string | null): Test {
  const pattern = compilePattern(source);
  return (failed) => {
    const text = read(failed);
    if (text === null) return `there is no ${what}`;
    return pattern.test(text.slice(0, maxText)) ? null : `the ${what} doesn't match ${source}`;
  };
}

function headerTest({ name, value, pattern }: { name: string; value?: string; pattern?: string }): Test {
  const compiled = pattern === undefined ? null : compilePattern(pattern);
  return ({ headers }) => {
    const found = headers?.get(name);
    if (found === undefined) return `there is no header ${name}`;
    const text = plainText(found);
    if (value !== undefined && text !== value) return `the header ${name} is not ${value}`;
    return compiled && !(text !== undefined && compiled.test(text.slice(0, maxText)))
      ? `the header ${name} doesn't match ${pattern}`
      : null;
  };
}

function rangeTest(
  what: string,
  { min, max }: { readonly min?: number; readonly max?: number },
  read: (failed: FailedDelivery) => number,
): Test {
  return (failed) => {
    const value = read(failed);
    return value >= (min ?? 0) && value <= (max ?? Number.POSITIVE_INFINITY) ? null : `${what} ${value}`;
  };
}
