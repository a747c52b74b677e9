import type { DefinitionChange, Definitions } from "@/lib/broker/definitions";
import { userLimitNames, vhostLimitNames } from "@/lib/broker/limits";
import { propertiesKeyOf } from "@/lib/broker/rules/properties-key";
import { queueLimits } from "@/lib/broker/rules/queue-arguments";
import { insertBinding } from "@/lib/engine/sql/binding";
import { insertExchange } from "@/lib/engine/sql/exchange";
import { globalParameterPut } from "@/lib/engine/sql/global-parameter";
import { userLimitPut, vhostLimitPut } from "@/lib/engine/sql/limit";
import { permissionPut, topicPermissionPut } from "@/lib/engine/sql/permission";
import { putPolicyRow } from "@/lib/engine/sql/policy";
import { insertQueue } from "@/lib/engine/sql/queue";
import { touchQueuesUnderPolicies } from "@/lib/engine/sql/queue-use";
import { exchangeIds, queueIds, vhostIds } from "@/lib/engine/sql/topology-ids";
import { userPut } from "@/lib/engine/sql/user";
import { insertVhost, updateVhost } from "@/lib/engine/sql/vhost";
import type { Queryable } from "@/lib/engine/statement";
import { encodeArguments } from "@/lib/engine/topology/arguments";

/**
 * Makes and changes what the plan says, which has no conflicts. The transaction holds the locks of topology and users.
 * @param by the user who imports it, and may do everything in vhosts that are made
 */
export async function applyDefinitions(
  tx: Queryable,
  wanted: Definitions,
  plan: readonly DefinitionChange[],
  by: string,
): Promise<void> {
  const due = new Set(
    plan.filter(({ action }) => action !== "unchanged").map(({ kind, vhost, name }) => key(kind, vhost, name)),
  );
  const isDue = (kind: DefinitionChange["kind"], vhost: string | null, name: string) =>
    due.delete(key(kind, vhost, name));

  for (const user of wanted.users) if (isDue("user", null, user.name)) await userPut(tx, user);
  const known = await vhostIds(tx);
  for (const { name, description, tags } of wanted.vhosts) {
    if (!isDue("vhost", null, name)) continue;
    const id = known.get(name);
    if (id === undefined) {
      await insertVhost(tx, { name, description: description ?? "", tags: tags ?? [] });
      await permissionPut(tx, { vhost: name, user: by, configure: ".*", write: ".*", read: ".*" });
    } else await updateVhost(tx, id, { description: description ?? null, tags: tags ?? null });
  }
  const vhosts = await vhostIds(tx);
  const vhostId = (name: string) => vhosts.get(name) as number;

  for (const permission of wanted.permissions) await permissionPut(tx, permission);
  for (const permission of wanted.topicPermissions) await topicPermissionPut(tx, permission);
  for (const { vhost, limits } of wanted.vhostLimits) {
    for (const name of vhostLimitNames) await vhostLimitPut(tx, vhostId(vhost), name, limits[name] ?? null);
  }
  for (const { user, limits } of wanted.userLimits) {
    for (const name of userLimitNames) await userLimitPut(tx, user, name, limits[name] ?? null);
  }
  for (const { name, value } of wanted.globalParameters) await globalParameterPut(tx, name, value);

  for (const { kind, policy } of wanted.policies) {
    const called = kind === "user" ? "policy" : "operator policy";
    if (isDue(called, policy.vhost, policy.name)) await putPolicyRow(tx, vhostId(policy.vhost), kind, policy);
  }
  for (const exchange of wanted.exchanges) {
    if (!isDue("exchange", exchange.vhost, exchange.name)) continue;
    const bytes = encodeArguments(exchange.arguments);
    await insertExchange(tx, { ...exchange, vhostId: vhostId(exchange.vhost), arguments: bytes });
  }
  for (const queue of wanted.queues) {
    if (!isDue("queue", queue.vhost, queue.name)) continue;
    const { type, maxPriority } = queueLimits(queue.arguments, queue);
    const bytes = encodeArguments(queue.arguments);
    await insertQueue(tx, {
      ...queue,
      vhostId: vhostId(queue.vhost),
      type,
      arguments: bytes,
      maxRank: maxPriority ?? 0,
    });
  }
  await applyBindings(tx, wanted, vhostId);
  for (const vhost of new Set(wanted.policies.map(({ policy }) => policy.vhost))) {
    await touchQueuesUnderPolicies(tx, vhostId(vhost));
  }
}

/** One that is there already stays. */
async function applyBindings(tx: Queryable, wanted: Definitions, vhostId: (name: string) => number): Promise<void> {
  for (const vhost of new Set(wanted.bindings.map((binding) => binding.vhost))) {
    const id = vhostId(vhost);
    const [exchanges, queues] = [await exchangeIds(tx, id), await queueIds(tx, id)];
    for (const binding of wanted.bindings.filter((one) => one.vhost === vhost)) {
      const { source, destination, routingKey } = binding;
      await insertBinding(tx, {
        vhostId: id,
        sourceId: exchanges.get(source) as number,
        queueId: destination.kind === "queue" ? (queues.get(destination.name) as number) : null,
        exchangeId: destination.kind === "exchange" ? (exchanges.get(destination.name) as number) : null,
        routingKey,
        arguments: encodeArguments(binding.arguments),
        propertiesKey: propertiesKeyOf(routingKey, binding.arguments),
      });
    }
  }
}

function key(kind: DefinitionChange["kind"], vhost: string | null, name: string): string {
  return `${kind}\0${vhost ?? ""}\0${name}`;
}
