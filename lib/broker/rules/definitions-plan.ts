import { isDeepStrictEqual } from "node:util";
import type { DefinitionChange, DefinitionKind, Definitions, PolicyOfKind } from "@/lib/broker/definitions";
import { isBrokerError } from "@/lib/broker/errors";
import { userLimitNames, vhostLimitNames } from "@/lib/broker/limits";
import { toPlain } from "@/lib/broker/properties/plain";
import type { BindingRequest } from "@/lib/broker/requests";
import { checkPermission, checkTopicPermission, checkUser } from "@/lib/broker/rules/check-access";
import { checkHeadersArguments } from "@/lib/broker/rules/headers-match";
import { checkLimit } from "@/lib/broker/rules/limits";
import { checkName, checkNotReserved, checkRoutingKey } from "@/lib/broker/rules/names";
import { checkPolicy } from "@/lib/broker/rules/policy-definition";
import { propertiesKeyOf } from "@/lib/broker/rules/properties-key";
import { checkQueueTraits, queueLimits } from "@/lib/broker/rules/queue-arguments";
import { checkExchangeEquivalence, checkQueueEquivalence } from "@/lib/broker/rules/redeclare";

/** How the objects of one kind are compared. */
interface Section<T> {
  readonly kind: (item: T) => DefinitionKind;
  readonly items: (definitions: Definitions) => readonly T[];
  readonly vhost?: (item: T) => string;
  readonly name: (item: T) => string;
  /** Throws for one that can't be. */
  readonly check: (item: T) => void;
  /** Names of users, and of exchanges and queues of its vhost, that must be there. */
  readonly needs?: (item: T) => readonly Need[];
  /** How it is shown. */
  readonly show: (item: T) => unknown;
  /** What is there can't be changed by an import: throws when it differs. Without it, it is replaced. */
  readonly mustEqual?: (current: T, wanted: T) => void;
  /** Whether nothing would change. */
  readonly same?: (current: T, wanted: T) => boolean;
}

type Need = readonly ["user" | "queue" | "exchange", string];

/** Makes the type of one section's items that section's own affair. */
type AnySection = (current: Definitions, wanted: Definitions, isThere: IsThere) => DefinitionChange[];
type IsThere = (kind: "vhost" | Need[0], name: string, vhost?: string) => boolean;

function section<T>(rules: Section<T>): AnySection {
  return (current, wanted, isThere) => {
    const keyOf = (item: T) => `${rules.kind(item)}\0${rules.vhost?.(item) ?? ""}\0${rules.name(item)}`;
    const known = new Map(rules.items(current).map((item) => [keyOf(item), item]));
    const seen = new Map<string, T>();
    return rules.items(wanted).map((item) => {
      const key = keyOf(item);
      const twin = seen.get(key);
      seen.set(key, item);
      const change = judged(rules, known.get(key), item, isThere);
      const differs = twin !== undefined && !isDeepStrictEqual(rules.show(twin), rules.show(item));
      return differs ? { ...change, action: "conflict", reason: "It stands twice here, and not the same." } : change;
    });
  };
}

function judged<T>(rules: Section<T>, current: T | undefined, wanted: T, isThere: IsThere): DefinitionChange {
  const vhost = rules.vhost?.(wanted) ?? null;
  const about = { kind: rules.kind(wanted), vhost, name: rules.name(wanted) };
  const conflict = (reason: string): DefinitionChange => ({
    ...about,
    action: "conflict",
    reason,
    before: current === undefined ? null : rules.show(current),
    after: rules.show(wanted),
  });
  if (vhost !== null && !isThere("vhost", vhost)) return conflict(`There is no vhost '${vhost}'.`);
  for (const [kind, name] of rules.needs?.(wanted) ?? []) {
    if (!isThere(kind, name, vhost ?? undefined)) return conflict(`There is no ${kind} '${name}'.`);
  }
  try {
    if (current === undefined || rules.mustEqual === undefined) rules.check(wanted);
    else rules.mustEqual(current, wanted);
  } catch (error) {
    if (isBrokerError(error)) return conflict(error.message);
    throw error;
  }
  const nothing = { reason: null, before: null, after: null };
  if (current === undefined) return { ...about, ...nothing, action: "create", after: rules.show(wanted) };
  const isSame =
    rules.mustEqual !== undefined ||
    (rules.same?.(current, wanted) ?? isDeepStrictEqual(rules.show(current), rules.show(wanted)));
  if (isSame) return { ...about, ...nothing, action: "unchanged" };
  return { ...about, action: "change", reason: null, before: rules.show(current), after: rules.show(wanted) };
}

/** In the order in which they have to be made. */
const sections: readonly AnySection[] = [
  section({
    kind: () => "vhost",
    items: ({ vhosts }) => vhosts,
    name: ({ name }) => name,
    check: ({ name }) => checkName("vhost", name),
    show: ({ description, tags }) => ({ description, tags }),
    same: (current, wanted) =>
      (wanted.description === undefined || wanted.description === current.description) &&
      (wanted.tags === undefined || isDeepStrictEqual(wanted.tags, current.tags)),
  }),
  section({
    kind: () => "user",
    items: ({ users }) => users,
    name: ({ name }) => name,
    check: checkUser,
    show: ({ tags }) => ({ tags }),
    same: (current, wanted) =>
      current.passwordHash === wanted.passwordHash && isDeepStrictEqual(current.tags, wanted.tags),
  }),
  section({
    kind: () => "permission",
    items: ({ permissions }) => permissions,
    vhost: ({ vhost }) => vhost,
    name: ({ user }) => user,
    check: checkPermission,
    needs: ({ user }) => [["user", user]],
    show: ({ configure, write, read }) => ({ configure, write, read }),
  }),
  section({
    kind: () => "topic permission",
    items: ({ topicPermissions }) => topicPermissions,
    vhost: ({ vhost }) => vhost,
    name: ({ user, exchange }) => `${user} at ${exchange}`,
    check: checkTopicPermission,
    needs: ({ user }) => [["user", user]],
    show: ({ write, read }) => ({ write, read }),
  }),
  section({
    kind: () => "vhost limits",
    items: ({ vhostLimits }) => vhostLimits,
    vhost: ({ vhost }) => vhost,
    name: ({ vhost }) => vhost,
    check: ({ limits }) => {
      for (const [name, value] of Object.entries(limits)) checkLimit(name, value, vhostLimitNames);
    },
    show: ({ limits }) => limits,
  }),
  section({
    kind: () => "user limits",
    items: ({ userLimits }) => userLimits,
    name: ({ user }) => user,
    check: ({ limits }) => {
      for (const [name, value] of Object.entries(limits)) checkLimit(name, value, userLimitNames);
    },
    needs: ({ user }) => [["user", user]],
    show: ({ limits }) => limits,
  }),
  section({
    kind: () => "global parameter",
    items: ({ globalParameters }) => globalParameters,
    name: ({ name }) => name,
    check: ({ name }) => checkName("parameter", name),
    show: ({ value }) => value,
  }),
  section<PolicyOfKind>({
    kind: ({ kind }) => (kind === "user" ? "policy" : "operator policy"),
    items: ({ policies }) => policies,
    vhost: ({ policy }) => policy.vhost,
    name: ({ policy }) => policy.name,
    check: ({ kind, policy }) => checkPolicy(kind, policy),
    show: ({ policy: { pattern, applyTo, priority, definition } }) => ({ pattern, applyTo, priority, definition }),
  }),
  section({
    kind: () => "exchange",
    items: ({ exchanges }) => exchanges,
    vhost: ({ vhost }) => vhost,
    name: ({ name }) => name,
    check: ({ name }) => {
      checkName("exchange", name);
      checkNotReserved("exchange", name);
    },
    show: ({ vhost: _vhost, name: _name, arguments: table, ...traits }) => ({ ...traits, arguments: toPlain(table) }),
    mustEqual: (current, wanted) => checkExchangeEquivalence(wanted, current, wanted),
  }),
  section({
    kind: () => "queue",
    items: ({ queues }) => queues,
    vhost: ({ vhost }) => vhost,
    name: ({ name }) => name,
    check: (queue) => {
      checkName("queue", queue.name);
      checkNotReserved("queue", queue.name);
      checkQueueTraits(queueLimits(queue.arguments, queue), queue, queue);
    },
    show: ({ durable, autoDelete, arguments: table }) => ({ durable, autoDelete, arguments: toPlain(table) }),
    mustEqual: (current, wanted) => checkQueueEquivalence(wanted, current, wanted),
  }),
  section<BindingRequest>({
    kind: () => "binding",
    items: ({ bindings }) => bindings,
    vhost: ({ vhost }) => vhost,
    name: bindingName,
    check: ({ routingKey, arguments: table }) => {
      checkRoutingKey(routingKey);
      if (table.has("x-match")) checkHeadersArguments(table);
    },
    needs: ({ source, destination }) => [
      ["exchange", source],
      [destination.kind, destination.name],
    ],
    show: ({ routingKey, arguments: table }) => ({ routingKey, arguments: toPlain(table) }),
  }),
];

function bindingName({ source, destination, routingKey, arguments: table }: BindingRequest): string {
  return `${source} to ${destination.kind} ${destination.name} by ${propertiesKeyOf(routingKey, table)}`;
}

/** What an import of `wanted` would do to a broker that has `current`. What is there and isn't wanted stays. */
export function planDefinitions(current: Definitions, wanted: Definitions): DefinitionChange[] {
  const names = new Set<string>();
  for (const { vhosts, users, exchanges, queues } of [current, wanted]) {
    for (const { name } of vhosts) names.add(`vhost\0\0${name}`);
    for (const { name } of users) names.add(`user\0\0${name}`);
    for (const { vhost, name } of exchanges) names.add(`exchange\0${vhost}\0${name}`);
    for (const { vhost, name } of queues) names.add(`queue\0${vhost}\0${name}`);
  }
  const newVhosts = new Set(wanted.vhosts.map(({ name }) => name));
  const isThere: IsThere = (kind, name, vhost) => {
    if (kind === "user" || kind === "vhost") return names.has(`${kind}\0\0${name}`);
    // A new vhost has the predeclared exchanges from the beginning.
    if (kind === "exchange" && name.startsWith("amq.") && newVhosts.has(vhost ?? "")) return true;
    return names.has(`${kind}\0${vhost}\0${name}`);
  };
  return sections.flatMap((plan) => plan(current, wanted, isThere));
}
