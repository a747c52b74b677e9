import type { Action, NextAction, PolicyInput, When } from "@/lib/api-client/error-policies";

export const failureReasons = ["rejected", "timeout", "consumer_lost", "delivery_limit", "expired", "maxlen"] as const;
export type FailureReason = (typeof failureReasons)[number];

export type Backoff = "fixed" | "linear" | "exponential";
export type ActionKind = Action["kind"];

export interface HeaderCondition {
  /** Tells rows apart while they are edited. */
  readonly key: string;
  readonly name: string;
  readonly how: "present" | "value" | "pattern";
  readonly text: string;
}

/** What to do, as a form holds it: the fields of every kind, so that changing the kind loses nothing. */
export interface ActionForm {
  readonly kind: ActionKind;
  readonly backoff: Backoff;
  readonly baseSeconds: number;
  readonly factor: number;
  readonly capSeconds: number | null;
  /** Of the delay, in per cent. */
  readonly jitterPercent: number;
  readonly maxAttempts: number;
  readonly keepHours: number;
  readonly targets: readonly string[];
  readonly note: string;
  readonly exchange: string;
  readonly routingKey: string;
  /** What follows a retry that gave up, or a notice. */
  readonly afterwards: "next" | "default" | ActionForm;
}

export interface PolicyForm {
  readonly name: string;
  readonly enabled: boolean;
  readonly scope: "all" | "queue" | "pattern";
  readonly queue: string | null;
  readonly pattern: string;
  readonly reasons: readonly FailureReason[];
  readonly errorType: string;
  readonly errorMessage: string;
  readonly headers: readonly HeaderCondition[];
  readonly minAttempts: number | null;
  readonly maxAttempts: number | null;
  readonly minAgeSeconds: number | null;
  readonly maxAgeSeconds: number | null;
  readonly action: ActionForm;
}

export const initialAction: ActionForm = {
  kind: "retry",
  backoff: "exponential",
  baseSeconds: 1,
  factor: 2,
  capSeconds: 300,
  jitterPercent: 20,
  maxAttempts: 6,
  keepHours: 168,
  targets: [],
  note: "",
  exchange: "",
  routingKey: "",
  afterwards: "next",
};

export const initialPolicy: PolicyForm = {
  name: "",
  enabled: true,
  scope: "all",
  queue: null,
  pattern: "",
  reasons: ["rejected"],
  errorType: "",
  errorMessage: "",
  headers: [],
  minAttempts: null,
  maxAttempts: null,
  minAgeSeconds: null,
  maxAgeSeconds: null,
  action: initialAction,
};

/** The form that shows a rule as it is. */
export function formOf(policy: PolicyInput): PolicyForm {
  const { when } = policy;
  return {
    name: policy.name,
    enabled: policy.enabled,
    scope: policy.queue !== null ? "queue" : policy.pattern !== null ? "pattern" : "all",
    queue: policy.queue,
    pattern: policy.pattern ?? "",
    reasons: when.reasons ?? [],
    errorType: when.error_type ?? "",
    errorMessage: when.error_message ?? "",
    headers: (when.headers ?? []).map(({ name, value, pattern }, index) => ({
      key: `${index}`,
      name,
      how: value !== undefined ? "value" : pattern !== undefined ? "pattern" : "present",
      text: value ?? pattern ?? "",
    })),
    minAttempts: when.attempts?.min ?? null,
    maxAttempts: when.attempts?.max ?? null,
    minAgeSeconds: seconds(when.age_ms?.min),
    maxAgeSeconds: seconds(when.age_ms?.max),
    action: actionForm(policy.action),
  };
}

const seconds = (ms: number | undefined): number | null => (ms === undefined ? null : ms / 1000);

function actionForm(action: Action): ActionForm {
  const base = { ...initialAction, kind: action.kind };
  switch (action.kind) {
    case "retry":
      return {
        ...base,
        backoff: action.backoff,
        baseSeconds: action.base_ms / 1000,
        factor: action.factor ?? 2,
        capSeconds: seconds(action.cap_ms),
        jitterPercent: Math.round((action.jitter ?? 0) * 100),
        maxAttempts: action.max_attempts,
        afterwards: nextForm(action.afterwards),
      };
    case "ignore":
      return { ...base, keepHours: (action.keep_ms ?? initialAction.keepHours * 3_600_000) / 3_600_000 };
    case "notify":
      return { ...base, targets: action.targets, afterwards: nextForm(action.afterwards) };
    case "review":
      return { ...base, note: action.note ?? "" };
    case "dead_letter":
      return { ...base, exchange: action.exchange, routingKey: action.routing_key ?? "" };
  }
}

const nextForm = (next: NextAction): ActionForm["afterwards"] => (typeof next === "string" ? next : actionForm(next));

/** The rule that a form says. */
export function policyOf(form: PolicyForm): PolicyInput {
  return {
    name: form.name.trim(),
    enabled: form.enabled,
    queue: form.scope === "queue" ? form.queue : null,
    pattern: form.scope === "pattern" ? form.pattern : null,
    when: whenOf(form),
    action: actionOf(form.action),
  };
}

function whenOf(form: PolicyForm): When {
  const attempts = range(form.minAttempts, form.maxAttempts);
  const age = range(ms(form.minAgeSeconds), ms(form.maxAgeSeconds));
  const headers = form.headers
    .filter(({ name }) => name !== "")
    .map(({ name, how, text }) => ({ name, ...(how !== "present" && { [how]: text }) }));
  return {
    ...(form.reasons.length > 0 && { reasons: [...form.reasons] }),
    ...(form.errorType !== "" && { error_type: form.errorType }),
    ...(form.errorMessage !== "" && { error_message: form.errorMessage }),
    ...(headers.length > 0 && { headers }),
    ...(attempts && { attempts }),
    ...(age && { age_ms: age }),
  };
}

const ms = (value: number | null): number | null => (value === null ? null : Math.round(value * 1000));

function range(min: number | null, max: number | null): { min?: number; max?: number } | null {
  if (min === null && max === null) return null;
  return { ...(min !== null && { min }), ...(max !== null && { max }) };
}

function actionOf(form: ActionForm): Action {
  switch (form.kind) {
    case "retry":
      return {
        kind: "retry",
        backoff: form.backoff,
        base_ms: Math.round(form.baseSeconds * 1000),
        ...(form.backoff === "exponential" && { factor: form.factor }),
        ...(form.capSeconds !== null && form.backoff !== "fixed" && { cap_ms: Math.round(form.capSeconds * 1000) }),
        ...(form.jitterPercent > 0 && { jitter: form.jitterPercent / 100 }),
        max_attempts: form.maxAttempts,
        afterwards: nextOf(form.afterwards),
      };
    case "ignore":
      return { kind: "ignore", keep_ms: Math.round(form.keepHours * 3_600_000) };
    case "notify":
      return { kind: "notify", targets: [...form.targets], afterwards: nextOf(form.afterwards) };
    case "review":
      return { kind: "review", ...(form.note !== "" && { note: form.note }) };
    case "dead_letter":
      return {
        kind: "dead_letter",
        exchange: form.exchange,
        ...(form.routingKey !== "" && { routing_key: form.routingKey }),
      };
  }
}

const nextOf = (next: ActionForm["afterwards"]): NextAction => (typeof next === "string" ? next : actionOf(next));

/** What keeps a form from being saved, as a sentence. What only the server can judge (a regex) it judges. */
export function policyProblem(form: PolicyForm): string | undefined {
  if (form.name.trim() === "") return "Give the rule a name";
  if (form.scope === "queue" && form.queue === null) return "Choose the queue";
  if (form.scope === "pattern" && form.pattern === "") return "Write the pattern of the queues' names";
  if (isBackwards(form.minAttempts, form.maxAttempts)) return "The least number of deliveries is above the most";
  if (isBackwards(form.minAgeSeconds, form.maxAgeSeconds)) return "The least age is above the most";
  return actionProblem(form.action);
}

const isBackwards = (min: number | null, max: number | null) => min !== null && max !== null && min > max;

function actionProblem(form: ActionForm): string | undefined {
  if (form.kind === "notify" && form.targets.length === 0) return "Choose whom to tell";
  if ((form.kind === "notify" || form.kind === "retry") && typeof form.afterwards !== "string") {
    return actionProblem(form.afterwards);
  }
  return undefined;
}

/** The waits before each delivery after the first, in ms, without jitter: what a form's retry would do. */
export function retryDelays({ backoff, baseSeconds, factor, capSeconds, maxAttempts }: ActionForm, most = 8): number[] {
  const cap = capSeconds === null || backoff === "fixed" ? Number.POSITIVE_INFINITY : capSeconds * 1000;
  const base = baseSeconds * 1000;
  return Array.from({ length: Math.min(most, Math.max(0, maxAttempts - 1)) }, (_, at) =>
    Math.min(cap, backoff === "fixed" ? base : backoff === "linear" ? base * (at + 1) : base * factor ** at),
  );
}
