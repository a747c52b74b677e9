import type { PolicyKind, PolicyTarget } from "@/lib/api-client/policies";

interface SettingBase {
  readonly name: string;
  readonly label: string;
  /** Operators may set it too. */
  readonly operators?: true;
  /** What it does something to; without it, to queues. */
  readonly of?: "exchanges" | "both";
}

/** A setting that the form has a field for. */
export type Setting =
  | (SettingBase & { readonly kind: "number"; readonly min: number; readonly unit?: string })
  | (SettingBase & { readonly kind: "text" })
  | (SettingBase & { readonly kind: "choice"; readonly choices: readonly string[] });

/** Settings that are about one thing. */
export interface SettingGroup {
  readonly title: string;
  readonly settings: readonly Setting[];
}

/** What a policy may set, and has a field of its own; whatever else it may set is written as JSON. */
const groups: readonly SettingGroup[] = [
  {
    title: "How much, and for how long",
    settings: [
      { name: "max-length", label: "At most so many messages", kind: "number", min: 0, operators: true },
      { name: "max-length-bytes", label: "At most, in bytes", kind: "number", unit: "B", min: 0, operators: true },
      { name: "message-ttl", label: "Messages expire after", kind: "number", unit: "ms", min: 0, operators: true },
      { name: "expires", label: "Queue goes when unused for", kind: "number", unit: "ms", min: 1, operators: true },
      {
        name: "overflow",
        label: "When it is full",
        kind: "choice",
        choices: ["drop-head", "reject-publish", "reject-publish-dlx"],
      },
      { name: "retention", label: "History kept for", kind: "number", unit: "ms", min: 1, of: "both" },
    ],
  },
  {
    title: "When a message fails",
    settings: [
      { name: "dead-letter-exchange", label: "Dead letters go to", kind: "text" },
      { name: "dead-letter-routing-key", label: "with routing key", kind: "text" },
      { name: "delivery-limit", label: "Deliveries before it is dead", kind: "number", min: -1, operators: true },
      { name: "consumer-timeout", label: "A consumer may hold it for", kind: "number", unit: "ms", min: 1 },
    ],
  },
  {
    title: "Pace",
    settings: [
      { name: "rate-limit", label: "Hands out at most", kind: "number", unit: "/s", min: 1, operators: true },
      { name: "rate-burst", label: "in bursts of", kind: "number", min: 1, operators: true },
      { name: "deduplication-window", label: "Same id stored once in", kind: "number", unit: "ms", min: 1 },
    ],
  },
  {
    title: "Routing",
    settings: [{ name: "alternate-exchange", label: "Unroutable messages go to", kind: "text", of: "exchanges" }],
  },
];

/** The settings of this kind of policy that have a field. */
export function settingsOf(kind: PolicyKind): readonly Setting[] {
  return groups.flatMap(({ settings }) => settings).filter(({ operators }) => kind === "user" || operators === true);
}

/**
 * The fields of a form: the settings that do something to what the policy is about, and those that are set though they
 * do nothing there, so that nothing that is set is hidden.
 * @param known what is set
 */
export function shownGroups(
  kind: PolicyKind,
  target: PolicyTarget,
  known: Readonly<Record<string, unknown>>,
): readonly SettingGroup[] {
  const ofKind = new Set(settingsOf(kind));
  return groups
    .map(({ title, settings }) => ({
      title,
      settings: settings.filter(
        (setting) => ofKind.has(setting) && (Object.hasOwn(known, setting.name) || doesSomething(setting, target)),
      ),
    }))
    .filter(({ settings }) => settings.length > 0);
}

/** Whether the setting does anything to what a policy of this target is about. */
export function doesSomething({ of }: Setting, target: PolicyTarget): boolean {
  return target === "all" || of === "both" || (of === "exchanges") === (target === "exchanges");
}

/** Whether a field can show the value as it is; what no field can, JSON does. */
export function fitsField(setting: Setting, value: unknown): boolean {
  switch (setting.kind) {
    case "number":
      return typeof value === "number";
    case "text":
      return typeof value === "string" && value !== "";
    case "choice":
      return typeof value === "string" && setting.choices.includes(value);
  }
}
