import type { Policy, PolicyKind } from "@/lib/api-client/policies";

interface SettingBase {
  readonly name: string;
  readonly label: string;
  /** Operators may set it too. */
  readonly operators?: true;
}

/** A setting that the form has a field for. */
export type Setting =
  | (SettingBase & { readonly kind: "number"; readonly min: number; readonly unit?: string })
  | (SettingBase & { readonly kind: "text" })
  | (SettingBase & { readonly kind: "choice"; readonly choices: readonly string[] });

/** What a policy may set, and has a field of its own; whatever else it may set is written as JSON. */
const settings: readonly Setting[] = [
  { name: "message-ttl", label: "Messages expire after", kind: "number", unit: "ms", min: 0, operators: true },
  { name: "expires", label: "Queue goes when unused for", kind: "number", unit: "ms", min: 1, operators: true },
  { name: "max-length", label: "At most so many messages", kind: "number", min: 0, operators: true },
  { name: "max-length-bytes", label: "At most, in bytes", kind: "number", unit: "B", min: 0, operators: true },
  {
    name: "overflow",
    label: "When it is full",
    kind: "choice",
    choices: ["drop-head", "reject-publish", "reject-publish-dlx"],
  },
  { name: "delivery-limit", label: "Deliveries before it is dead", kind: "number", min: -1, operators: true },
  { name: "dead-letter-exchange", label: "Dead letters go to exchange", kind: "text" },
  { name: "dead-letter-routing-key", label: "with routing key", kind: "text" },
  { name: "consumer-timeout", label: "A consumer may hold a message for", kind: "number", unit: "ms", min: 1 },
  { name: "rate-limit", label: "Hands out at most", kind: "number", unit: "/s", min: 1, operators: true },
  { name: "rate-burst", label: "in bursts of", kind: "number", min: 1, operators: true },
  { name: "deduplication-window", label: "Same id stored once in", kind: "number", unit: "ms", min: 1 },
  { name: "retention", label: "History kept for", kind: "number", unit: "ms", min: 1 },
  { name: "alternate-exchange", label: "Unroutable messages go to exchange", kind: "text" },
];

export type PolicyTarget = Policy["apply-to"];

/** A policy as its form holds it. */
export interface PolicyForm {
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  readonly applyTo: PolicyTarget;
  readonly priority: number;
  /** What the fields set. */
  readonly known: Readonly<Record<string, unknown>>;
  /** JSON of the settings without a field; empty is none. */
  readonly others: string;
}

/** The settings of this kind of policy that have a field. */
export function settingsOf(kind: PolicyKind): readonly Setting[] {
  return kind === "user" ? settings : settings.filter(({ operators }) => operators === true);
}

/** What a policy may be applied to, of its kind; operators' settings are all about queues. */
export function targetsOf(kind: PolicyKind): { readonly value: PolicyTarget; readonly label: string }[] {
  return [
    { value: "queues", label: "Queues" },
    { value: "classic_queues", label: "Classic queues" },
    { value: "quorum_queues", label: "Quorum queues" },
    ...(kind === "user"
      ? [
          { value: "exchanges" as const, label: "Exchanges" },
          { value: "all" as const, label: "Queues and exchanges" },
        ]
      : []),
  ];
}

/** The words for it; policies that were imported may be about more than the form offers. */
export function targetWords(target: PolicyTarget): string {
  return targetsOf("user").find(({ value }) => value === target)?.label ?? target;
}

export function emptyForm(vhost: string): PolicyForm {
  return { vhost, name: "", pattern: "", applyTo: "queues", priority: 0, known: {}, others: "" };
}

/** The form that shows a policy as it is. */
export function formOf(kind: PolicyKind, policy: Policy): PolicyForm {
  const names = new Set(settingsOf(kind).map(({ name }) => name));
  const entries = Object.entries(policy.definition);
  const others = Object.fromEntries(entries.filter(([name]) => !names.has(name)));
  return {
    vhost: policy.vhost,
    name: policy.name,
    pattern: policy.pattern,
    applyTo: policy["apply-to"],
    priority: policy.priority,
    known: Object.fromEntries(entries.filter(([name]) => names.has(name))),
    others: Object.keys(others).length === 0 ? "" : JSON.stringify(others, null, 2),
  };
}

/** The policy that a form says. @throws SyntaxError when its JSON isn't an object; see `formProblem` */
export function policyOf(form: PolicyForm): Policy {
  const { vhost, name, pattern, applyTo, priority, known, others } = form;
  return { vhost, name, pattern, "apply-to": applyTo, priority, definition: { ...readOthers(others), ...known } };
}

function readOthers(text: string): Record<string, unknown> {
  if (text.trim() === "") return {};
  const value: unknown = JSON.parse(text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new SyntaxError("not an object");
  return value as Record<string, unknown>;
}

/** What is wrong with the JSON, as a sentence. */
export function othersProblem({ others, known }: PolicyForm): string | undefined {
  try {
    const twice = Object.keys(readOthers(others)).find((name) => Object.hasOwn(known, name));
    return twice === undefined ? undefined : `${twice} is set by its field too`;
  } catch {
    return 'Write a JSON object, such as {"queue-mode": "lazy"}';
  }
}

/**
 * What keeps a form from being saved, as a sentence; what only the server can judge, it judges.
 * @param taken whether another policy of the vhost has the name
 */
export function formProblem(form: PolicyForm, taken: boolean): string | undefined {
  if (form.name === "") return "Give the policy a name";
  if (taken) return "Another policy has this name: open that one, or choose another name";
  const wrong = othersProblem(form);
  if (wrong !== undefined) return wrong;
  const { definition } = policyOf(form);
  if (Object.keys(definition).length === 0) return "Set something: a policy without settings does nothing";
  if (definition["rate-burst"] !== undefined && definition["rate-limit"] === undefined) {
    return "rate-burst needs rate-limit too";
  }
  return undefined;
}

/** Settings in one line: `max-length 100, overflow drop-head`. */
export function definitionWords(definition: Policy["definition"]): string {
  return Object.entries(definition)
    .map(([name, value]) => `${name} ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(", ");
}
