import { z } from "zod";
import {
  type ErrorPolicyInput,
  failureReasons,
  type PolicyAction,
  type PolicyCondition,
  type PolicyNext,
} from "@/lib/broker/failures";
import { withoutUndefined } from "@/lib/http/defined";
import { exchangeName, flag, integer, shortText, text } from "@/lib/http/schemas";

const most = Number.MAX_SAFE_INTEGER;
const duration = integer(0, most);
const range = z.strictObject({ min: integer(0, most).optional(), max: integer(0, most).optional() });
const pattern = text.max(500);

const condition = z
  .strictObject({
    reasons: z.array(z.enum(failureReasons)).optional(),
    error_type: pattern.optional().meta({ description: "A pattern; it may match anywhere." }),
    error_message: pattern.optional(),
    headers: z
      .array(z.strictObject({ name: text.max(255), value: text.max(2_000).optional(), pattern: pattern.optional() }))
      .max(20)
      .optional(),
    attempts: range.optional().meta({ description: "Deliveries so far; 1 is the first." }),
    age_ms: range.optional(),
  })
  .transform(
    ({ error_type: errorType, error_message: errorMessage, age_ms: ageMs, headers, attempts, reasons }) =>
      withoutUndefined({
        reasons,
        errorType,
        errorMessage,
        headers: headers?.map((header) => withoutUndefined(header)),
        attempts: attempts && withoutUndefined(attempts),
        ageMs: ageMs && withoutUndefined(ageMs),
      }) as PolicyCondition,
  );

const final = [
  z.strictObject({ kind: z.literal("ignore"), keep_ms: duration.optional() }),
  z.strictObject({ kind: z.literal("review"), note: text.max(2_000).optional() }),
  z.strictObject({ kind: z.literal("dead_letter"), exchange: exchangeName, routing_key: shortText.optional() }),
] as const;

/** The JSON of an action; each `afterwards` may hold one again, so it is checked step by step. */
interface ActionJson {
  readonly kind: string;
  readonly afterwards?: unknown;
  readonly [name: string]: unknown;
}

const step = z.discriminatedUnion("kind", [
  ...final,
  z.strictObject({
    kind: z.literal("retry"),
    backoff: z.enum(["fixed", "linear", "exponential"]).default("exponential"),
    base_ms: duration,
    factor: z.number().optional(),
    cap_ms: duration.optional(),
    jitter: z.number().optional(),
    max_attempts: integer(2, 1_000),
    afterwards: z.unknown().optional(),
  }),
  z.strictObject({
    kind: z.literal("notify"),
    targets: z.array(shortText).min(1).max(20),
    afterwards: z.unknown().optional(),
  }),
]);

const action = z
  .record(z.string(), z.unknown())
  .transform((value, context): PolicyAction => parsedAction(value as ActionJson, context, []))
  .meta({
    type: "object",
    description:
      'kind: retry {backoff, base_ms, factor, cap_ms, jitter, max_attempts, afterwards}, ignore {keep_ms}, notify {targets, afterwards}, review {note}, dead_letter {exchange, routing_key}; afterwards: "next" (default), "default", or an action.',
  });

function parsedAction(value: unknown, context: z.RefinementCtx, path: readonly string[]): PolicyAction {
  const parsed = path.length > 8 ? undefined : step.safeParse(value);
  if (!parsed?.success) {
    const issues = parsed?.error.issues ?? [];
    for (const issue of issues) {
      context.addIssue({ code: "custom", message: issue.message, path: [...path, ...issue.path.map(String)] });
    }
    if (issues.length === 0) context.addIssue({ code: "custom", message: "has too many steps", path: [...path] });
    return { kind: "ignore" };
  }
  const { data } = parsed;
  switch (data.kind) {
    case "ignore":
      return { kind: "ignore", ...(data.keep_ms !== undefined && { keepMs: data.keep_ms }) };
    case "review":
      return { kind: "review", ...(data.note !== undefined && { note: data.note }) };
    case "dead_letter":
      return {
        kind: "dead_letter",
        exchange: data.exchange,
        ...(data.routing_key !== undefined && { routingKey: data.routing_key }),
      };
    case "notify":
      return {
        kind: "notify",
        targets: data.targets,
        afterwards: parsedNext(data.afterwards, context, [...path, "afterwards"]),
      };
    case "retry":
      return {
        kind: "retry",
        backoff: data.backoff,
        baseMs: data.base_ms,
        maxAttempts: data.max_attempts,
        ...(data.factor !== undefined && { factor: data.factor }),
        ...(data.cap_ms !== undefined && { capMs: data.cap_ms }),
        ...(data.jitter !== undefined && { jitter: data.jitter }),
        afterwards: parsedNext(data.afterwards, context, [...path, "afterwards"]),
      };
  }
}

function parsedNext(value: unknown, context: z.RefinementCtx, path: readonly string[]): PolicyNext {
  if (value === undefined || value === null || value === "next") return "next";
  return value === "default" ? "default" : parsedAction(value, context, path);
}

const policyShape = {
  name: shortText.min(1),
  enabled: flag.default(true),
  queue: shortText.nullable().default(null),
  pattern: pattern.nullable().default(null),
  when: condition.default({}),
  action,
};

export const policyBody = z.strictObject({ ...policyShape, position: integer(1, most).optional() });
export const policyChangeBody = z.strictObject({ ...policyShape, version: integer(1, most) });

/** A policy in a list to be tried; what only stored ones have is taken and left aside. */
export const triedPolicy = z.object(policyShape).transform(
  ({ name, enabled, queue, pattern: named, when, action: does }): ErrorPolicyInput => ({
    name,
    enabled,
    queue,
    pattern: named,
    when,
    action: does,
  }),
);
