import type {
  MadeUpFailure,
  SimulatedFailure,
  Simulation,
  SimulationRequest,
  SimulationSubject,
} from "@/lib/broker/failure-handling";
import type { ErrorPolicyInput, FailedDelivery, FailureOutcome } from "@/lib/broker/failures";
import { decodeProperties } from "@/lib/broker/properties/properties";
import {
  type CompiledPolicy,
  compilePolicy,
  judge,
  type RuleVerdict,
  retryDelay,
} from "@/lib/broker/rules/error-policy";
import { checkPolicy } from "@/lib/broker/rules/error-policy-check";
import { failureOf } from "@/lib/broker/rules/failure";
import type { EngineContext } from "@/lib/engine/context";
import { listDeadLetters } from "@/lib/engine/dead-letters/list";
import { type JudgedFailureRow, lastFailures } from "@/lib/engine/sql/failure";
import type { TopologySnapshot } from "@/lib/engine/topology/snapshot";
import { getMessage } from "@/lib/engine/views/peek";

/** A failure to be judged, with what is known of it. */
interface Subject {
  readonly failed: FailedDelivery;
  readonly known: Pick<SimulatedFailure, "at" | "messageId" | "id" | "ageMs" | "was">;
}

/** What rules would do with failures that happened, or that somebody made up. Changes nothing. */
export async function simulateErrorPolicies(context: EngineContext, request: SimulationRequest): Promise<Simulation> {
  const snapshot = await context.topology.fresh();
  const policies = request.policies
    ? compiled(request.vhost, request.policies)
    : snapshot.vhost(request.vhost).errorPolicies;
  const { subjects, complete } = await subjectsOf(context, snapshot, request.vhost, request.of);
  const explained = request.of.kind !== "last";
  return { items: subjects.map((subject) => simulated(policies, subject, explained)), complete };
}

function compiled(vhost: string, inputs: readonly ErrorPolicyInput[]): CompiledPolicy[] {
  return inputs.map((input, index) => {
    checkPolicy(input);
    const nobody = { createdAt: new Date(0), createdBy: "", changedAt: new Date(0), changedBy: "" };
    return compilePolicy({ ...input, id: -1 - index, vhost, position: index + 1, version: 1, ...nobody });
  });
}

function simulated(policies: readonly CompiledPolicy[], subject: Subject, explained: boolean): SimulatedFailure {
  const { failed, known } = subject;
  const rules: RuleVerdict[] = [];
  const { decision, policy, notices } = judge(policies, failed, explained ? (rule) => rules.push(rule) : undefined);
  const outcome = decision.kind;
  const detail =
    decision.kind === "retry"
      ? { delay_ms: retryDelay({ ...decision.action, jitter: 0 }, decision.attempt, 0) }
      : decision.kind === "dead_letter"
        ? { exchange: decision.exchange, routing_key: decision.routingKey ?? null }
        : {};
  const would = {
    outcome,
    policy: policy?.name ?? null,
    notifies: [...new Set(notices.map(({ target }) => target))],
    detail,
  };
  return {
    ...known,
    queue: failed.queue,
    reason: failed.reason,
    errorType: failed.errorType,
    errorMessage: failed.errorMessage,
    attempts: failed.attempts,
    would,
    changed: known.was !== null && !isSame(known.was, would),
    ...(explained && { rules }),
  };
}

/** Whether the same comes of it. Which rule says so matters only where a rule does. */
function isSame(
  was: { readonly outcome: FailureOutcome; readonly policy: string | null },
  would: { readonly outcome: string; readonly policy: string | null },
): boolean {
  if (would.outcome === "default") return was.policy === null;
  return was.outcome === would.outcome && was.policy === would.policy;
}

async function subjectsOf(
  context: EngineContext,
  snapshot: TopologySnapshot,
  vhost: string,
  subject: SimulationSubject,
): Promise<{ subjects: Subject[]; complete: boolean }> {
  switch (subject.kind) {
    case "failure":
      snapshot.vhost(vhost);
      return { subjects: [madeUp(subject.failure)], complete: true };
    case "message":
      return { subjects: [await ofMessage(context, vhost, subject)], complete: true };
    case "last":
      return lastOnes(context, snapshot, vhost, subject.count, subject.queue ?? null);
  }
}

function madeUp({ queue, reason, error, headers, attempts, ageMs }: MadeUpFailure): Subject {
  const found = failureOf(headers);
  const errorType = error.type ?? found?.type ?? null;
  const errorMessage = error.message ?? found?.message ?? null;
  const failed = { queue, reason, errorType, errorMessage, headers, attempts, ageMs };
  return { failed, known: { at: null, messageId: null, id: null, ageMs, was: null } };
}

async function ofMessage(
  context: EngineContext,
  vhost: string,
  { queue, id, failure }: Extract<SimulationSubject, { kind: "message" }>,
): Promise<Subject> {
  const message = await getMessage(context, { vhost, queue, id }, 0);
  const ageMs = Math.max(0, Date.now() - message.publishedAt.getTime());
  const subject = madeUp({
    // A dead letter is judged as it was where it died.
    queue: message.death?.originQueue ?? queue,
    reason: failure.reason ?? message.death?.reason ?? "rejected",
    error: failure.error ?? {},
    headers: message.properties.headers ?? new Map(),
    attempts: failure.attempts ?? message.deliveryCount + 1,
    ageMs,
  });
  return { ...subject, known: { ...subject.known, messageId: message.messageId, id } };
}

/** Those that were written down; where there are too few, dead letters that are older than the record. */
async function lastOnes(
  context: EngineContext,
  snapshot: TopologySnapshot,
  vhost: string,
  count: number,
  queue: string | null,
): Promise<{ subjects: Subject[]; complete: boolean }> {
  const { vhost: record } = snapshot.vhost(vhost);
  const rows = await lastFailures(context.database.main, record.id, queue, count);
  const subjects = rows.map(ofRow);
  if (subjects.length >= count) return { subjects, complete: false };
  const written = new Set(rows.map((row) => `${row.message_id} ${row.queue}`));
  const letters = await listDeadLetters(context, {
    vhost,
    order: "newest",
    limit: Math.min(500, count - subjects.length),
    bodyLimit: 0,
    ...(queue !== null && { filter: { originQueue: queue } }),
  });
  for (const letter of letters.items) {
    if (written.has(`${letter.messageId} ${letter.death.originQueue}`)) continue;
    const { death, properties, publishedAt } = letter;
    const ageMs = Math.max(0, death.at.getTime() - publishedAt.getTime());
    const failed = {
      queue: death.originQueue,
      reason: death.reason,
      errorType: death.errorType,
      errorMessage: death.errorMessage,
      headers: properties.headers,
      attempts: 1,
      ageMs,
    };
    const was = { outcome: "dead_letter" as const, policy: null };
    subjects.push({ failed, known: { at: death.at, messageId: letter.messageId, id: letter.id, ageMs, was } });
  }
  return { subjects, complete: letters.next === null };
}

function ofRow(row: JudgedFailureRow): Subject {
  const ageMs = row.published_at === null ? null : Math.max(0, row.at.getTime() - row.published_at.getTime());
  const failed: FailedDelivery = {
    queue: row.queue,
    reason: row.reason,
    errorType: row.error_type,
    errorMessage: row.error_message,
    headers: row.properties === null ? undefined : decodeProperties(row.properties).headers,
    attempts: row.attempt,
    ageMs: ageMs ?? 0,
  };
  const was = { outcome: row.outcome, policy: row.policy };
  return { failed, known: { at: row.at, messageId: row.message_id, id: row.seq, ageMs, was } };
}
