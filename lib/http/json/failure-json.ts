import type { SimulatedFailure, Simulation } from "@/lib/broker/failure-handling";
import type { Attempt, ErrorPolicyStatus, PolicyAction, PolicyCondition, PolicyNext } from "@/lib/broker/failures";
import type { FailureReport } from "@/lib/broker/requests";

export function errorPolicyJson(policy: ErrorPolicyStatus) {
  return {
    id: policy.id,
    vhost: policy.vhost,
    name: policy.name,
    position: policy.position,
    enabled: policy.enabled,
    version: policy.version,
    queue: policy.queue,
    pattern: policy.pattern,
    when: conditionJson(policy.when),
    action: actionJson(policy.action),
    created_at: policy.createdAt.toISOString(),
    created_by: policy.createdBy,
    changed_at: policy.changedAt.toISOString(),
    changed_by: policy.changedBy,
    problem: policy.problem,
    uses: { count: policy.uses.count, last_at: policy.uses.lastAt?.toISOString() ?? null },
  };
}
export type ErrorPolicyJson = ReturnType<typeof errorPolicyJson>;

function conditionJson({ reasons, errorType, errorMessage, headers, attempts, ageMs }: PolicyCondition) {
  return {
    ...(reasons && { reasons }),
    ...(errorType !== undefined && { error_type: errorType }),
    ...(errorMessage !== undefined && { error_message: errorMessage }),
    ...(headers && { headers }),
    ...(attempts && { attempts }),
    ...(ageMs && { age_ms: ageMs }),
  };
}

/** An action as it is sent and taken. */
export type ActionJson =
  | { kind: "ignore"; keep_ms?: number }
  | { kind: "review"; note?: string }
  | { kind: "dead_letter"; exchange: string; routing_key?: string }
  | { kind: "notify"; targets: readonly string[]; afterwards: NextJson }
  | {
      kind: "retry";
      backoff: "fixed" | "linear" | "exponential";
      base_ms: number;
      factor?: number;
      cap_ms?: number;
      jitter?: number;
      max_attempts: number;
      afterwards: NextJson;
    };
export type NextJson = "next" | "default" | ActionJson;

function actionJson(action: PolicyAction): ActionJson {
  switch (action.kind) {
    case "ignore":
      return { kind: "ignore", ...(action.keepMs !== undefined && { keep_ms: action.keepMs }) };
    case "review":
      return action;
    case "dead_letter": {
      const { exchange, routingKey } = action;
      return { kind: "dead_letter", exchange, ...(routingKey !== undefined && { routing_key: routingKey }) };
    }
    case "notify":
      return { kind: "notify", targets: action.targets, afterwards: nextJson(action.afterwards) };
    case "retry":
      return {
        kind: "retry",
        backoff: action.backoff,
        base_ms: action.baseMs,
        ...(action.factor !== undefined && { factor: action.factor }),
        ...(action.capMs !== undefined && { cap_ms: action.capMs }),
        ...(action.jitter !== undefined && { jitter: action.jitter }),
        max_attempts: action.maxAttempts,
        afterwards: nextJson(action.afterwards),
      };
  }
}

function nextJson(next: PolicyNext): NextJson {
  return typeof next === "string" ? next : actionJson(next);
}

export function attemptJson(attempt: Attempt) {
  return {
    at: attempt.at.toISOString(),
    queue: attempt.queue,
    id: attempt.id,
    number: attempt.number,
    reason: attempt.reason,
    holder: attempt.holder,
    held_since: attempt.heldSince?.toISOString() ?? null,
    error: reportJson(attempt.error),
    outcome: attempt.outcome,
    policy: attempt.policy,
    detail: attempt.detail,
  };
}

export function reportJson({ type, message, stack }: FailureReport) {
  return { type: type ?? null, message: message ?? null, stack: stack ?? null };
}

/** With a summary: how many failures that came to one thing would come to another. */
export function simulationJson({ items, complete }: Simulation) {
  const pairs = new Map<string, { before: string; after: string; count: number }>();
  for (const { was, would } of items) {
    const before = was === null ? "" : named(was);
    const after = named(would);
    const pair = pairs.get(`${before}\n${after}`) ?? { before, after, count: 0 };
    pair.count++;
    pairs.set(`${before}\n${after}`, pair);
  }
  return {
    failures: items.length,
    changed: items.filter(({ changed }) => changed).length,
    complete,
    summary: [...pairs.values()].sort((a, b) => b.count - a.count),
    items: items.map(simulatedJson),
  };
}
export type SimulationJson = ReturnType<typeof simulationJson>;

function named({ outcome, policy }: { outcome: string; policy: string | null }): string {
  return policy === null ? outcome : `${outcome} (${policy})`;
}

function simulatedJson(failure: SimulatedFailure) {
  return {
    at: failure.at?.toISOString() ?? null,
    queue: failure.queue,
    message_id: failure.messageId,
    id: failure.id,
    reason: failure.reason,
    error_type: failure.errorType,
    error_message: failure.errorMessage,
    attempts: failure.attempts,
    age_ms: failure.ageMs,
    was: failure.was,
    would: failure.would,
    changed: failure.changed,
    ...(failure.rules && { rules: failure.rules }),
  };
}
