import { BrokerError, isBrokerError } from "@/lib/broker/errors";
import { type ErrorPolicyInput, type PolicyAction, type PolicyNext, wasTried } from "@/lib/broker/failures";
import { maxDelayMs } from "@/lib/broker/rules/error-policy";
import { compilePattern } from "@/lib/broker/rules/pattern";

const maxDepth = 4;
const maxKeptMs = 365 * 24 * 60 * 60 * 1000;

/** Throws `bad-request` naming the part of the policy that can't be. */
export function checkPolicy(policy: ErrorPolicyInput): void {
  const { name, queue, pattern, when, action } = policy;
  if (name.trim() === "") refuse("name", "is empty");
  if (queue !== null && pattern !== null) refuse("pattern", "goes not with queue: give one of them");
  if (queue === "") refuse("queue", "is empty");
  checkPattern("pattern", pattern ?? undefined);
  checkPattern("when.error_type", when.errorType);
  checkPattern("when.error_message", when.errorMessage);
  for (const header of when.headers ?? []) {
    if (header.name === "") refuse("when.headers", "names a header without a name");
    if (header.value !== undefined && header.pattern !== undefined) refuse("when.headers", "has value and pattern");
    checkPattern(`when.headers ${header.name}`, header.pattern);
  }
  checkRange("when.attempts", when.attempts, 1);
  checkRange("when.age_ms", when.ageMs, 0);
  if (when.reasons?.length === 0) refuse("when.reasons", "is empty, so that it never matches: leave it out for all");
  const untried = when.reasons?.every((reason) => !wasTried(reason)) ?? false;
  if (untried && action.kind === "retry") {
    refuse("action", "retries what expired or did not fit; nobody has tried it, so there is nothing to try again");
  }
  checkAction(action, false, 1);
}

/** The notification targets that it names. */
export function targetsOf(action: PolicyAction): string[] {
  const next = action.kind === "retry" || action.kind === "notify" ? action.afterwards : "next";
  const own = action.kind === "notify" ? action.targets : [];
  return [...new Set([...own, ...(typeof next === "string" ? [] : targetsOf(next))])];
}

function checkAction(action: PolicyAction, inRetry: boolean, depth: number): void {
  if (depth > maxDepth) refuse("action", `has more than ${maxDepth} steps`);
  switch (action.kind) {
    case "retry":
      if (inRetry) refuse("action.afterwards", "retries again; use one rule with more attempts, or a rule of its own");
      checkRetry(action);
      checkNext(action.afterwards, true, depth);
      return;
    case "notify":
      if (action.targets.length === 0) refuse("action.targets", "names nobody");
      checkNext(action.afterwards, inRetry, depth);
      return;
    case "ignore":
      checkNumber("keep_ms", action.keepMs, 1_000, maxKeptMs);
      return;
    case "dead_letter":
      checkBytes("exchange", action.exchange);
      checkBytes("routing_key", action.routingKey ?? "");
      return;
    case "review":
      if ((action.note?.length ?? 0) > 2_000) refuse("action.note", "has more than 2,000 characters");
  }
}

function checkRetry(action: Extract<PolicyAction, { kind: "retry" }>): void {
  checkNumber("base_ms", action.baseMs, 0, maxDelayMs);
  checkNumber("cap_ms", action.capMs, 0, maxDelayMs);
  checkNumber("max_attempts", action.maxAttempts, 2, 1_000);
  const { factor, jitter } = action;
  if (factor !== undefined && !(factor >= 1 && factor <= 100)) refuse("action.factor", "must be from 1 to 100");
  if (jitter !== undefined && !(jitter >= 0 && jitter <= 1)) refuse("action.jitter", "must be from 0 to 1");
}

function checkNext(next: PolicyNext, inRetry: boolean, depth: number): void {
  if (typeof next !== "string") checkAction(next, inRetry, depth + 1);
}

function checkPattern(field: string, source: string | undefined): void {
  if (source === undefined) return;
  try {
    compilePattern(source);
  } catch (error) {
    if (!isBrokerError(error)) throw error;
    throw new BrokerError("bad-request", `The error policy's ${field}: ${error.message}`, { field });
  }
}

function checkRange(
  field: string,
  range: { readonly min?: number; readonly max?: number } | undefined,
  least: number,
): void {
  if (!range) return;
  checkNumber(`${field}.min`, range.min, least, Number.MAX_SAFE_INTEGER);
  checkNumber(`${field}.max`, range.max, least, Number.MAX_SAFE_INTEGER);
  if ((range.min ?? least) > (range.max ?? Number.MAX_SAFE_INTEGER)) refuse(field, "ends before it begins");
}

function checkNumber(field: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isSafeInteger(value) && value >= least && value <= most)) return;
  refuse(field, `must be an integer from ${least} to ${most}`);
}

function checkBytes(field: string, text: string): void {
  if (Buffer.byteLength(text) > 255) refuse(field, "has more than 255 bytes");
}

function refuse(field: string, why: string): never {
  throw new BrokerError("bad-request", `The error policy's ${field} ${why}.`, { field });
}
