import { fitsField, settingsOf } from "@/components/policies/policy-settings";
import type { Policy, PolicyKind, PolicyTarget } from "@/lib/api-client/policies";

/** A policy as its form holds it. */
export interface PolicyForm {
  readonly vhost: string;
  readonly name: string;
  readonly pattern: string;
  readonly applyTo: PolicyTarget;
  readonly priority: number;
  /** What the fields set. */
  readonly known: Readonly<Record<string, unknown>>;
  /** JSON of the settings that no field can show; empty is none. */
  readonly others: string;
}

/** What a policy may be applied to, of its kind; operators' settings are all about queues. */
export function targetsOf(kind: PolicyKind): readonly { readonly value: PolicyTarget; readonly label: string }[] {
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

/** What the form of a new policy says at first. */
export function emptyForm(vhost: string): PolicyForm {
  return { vhost, name: "", pattern: "", applyTo: "queues", priority: 0, known: {}, others: "" };
}

/** The form that shows a policy as it is. */
export function formOf(kind: PolicyKind, policy: Policy): PolicyForm {
  const settings = new Map(settingsOf(kind).map((setting) => [setting.name, setting]));
  const entries = Object.entries(policy.definition);
  const hasField = ([name, value]: [string, unknown]) => {
    const setting = settings.get(name);
    return setting !== undefined && fitsField(setting, value);
  };
  const others = Object.fromEntries(entries.filter((entry) => !hasField(entry)));
  return {
    vhost: policy.vhost,
    name: policy.name,
    pattern: policy.pattern,
    applyTo: policy["apply-to"],
    priority: policy.priority,
    known: Object.fromEntries(entries.filter(hasField)),
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

/** Whether two policies are the same, whatever the order of their settings. */
export function samePolicy(one: Policy, other: Policy): boolean {
  return inOrder(one) === inOrder(other);
}

function inOrder(policy: Policy): string {
  return JSON.stringify(policy, (_name, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
