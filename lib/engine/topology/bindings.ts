import { notFound } from "@/lib/broker/errors";
import { emptyTable } from "@/lib/broker/properties/field-value";
import type { BindingRequest } from "@/lib/broker/requests";
import { checkHeadersArguments } from "@/lib/broker/rules/headers-match";
import { checkRoutingKey } from "@/lib/broker/rules/names";
import { propertiesKeyOf } from "@/lib/broker/rules/properties-key";
import type { Binding, Destination } from "@/lib/broker/topology";
import type { EngineContext } from "@/lib/engine/context";
import { type BindingTarget, deleteBinding, insertBinding } from "@/lib/engine/sql/binding";
import { findExchange, unusedAutoDeleteExchanges } from "@/lib/engine/sql/exchange";
import { findQueue } from "@/lib/engine/sql/queue";
import type { Queryable } from "@/lib/engine/statement";
import { encodeArguments } from "@/lib/engine/topology/arguments";
import { changeTopology, deleteExchangesAndUnused, mustFindVhost } from "@/lib/engine/topology/change";
import { checkNotDefault } from "@/lib/engine/topology/exchanges";

import type { VhostTopology } from "@/lib/engine/topology/snapshot";

/** Those of the default exchange come first. Throws `not-found` for a vhost, source or destination that isn't there. */
export async function listBindings(
  context: EngineContext,
  filter: { vhost?: string; source?: string; destination?: Destination },
): Promise<Binding[]> {
  const snapshot = await context.topology.fresh();
  const { vhost, source, destination } = filter;
  const vhosts = vhost === undefined ? [...snapshot.vhosts.values()] : [snapshot.vhost(vhost)];
  if (vhost !== undefined && source !== undefined) snapshot.exchange(vhost, source);
  if (vhost !== undefined && destination?.kind === "queue") snapshot.queue(vhost, destination.name);
  if (vhost !== undefined && destination?.kind === "exchange") snapshot.exchange(vhost, destination.name);
  return vhosts
    .flatMap((topology) => [...defaultBindings(topology), ...topology.bindings.map((record) => record.binding)])
    .filter(
      (binding) =>
        (source === undefined || binding.source === source) &&
        (destination === undefined ||
          (binding.destination.kind === destination.kind && binding.destination.name === destination.name)),
    );
}

/** Every queue is bound to the default exchange by its name (AMQP 0-9-1, section 3.1.3.1). */
function defaultBindings({ vhost, queues }: VhostTopology): Binding[] {
  return [...queues.values()].map(({ name }) => ({
    vhost: vhost.name,
    source: "",
    destination: { kind: "queue", name },
    routingKey: name,
    arguments: emptyTable,
    propertiesKey: propertiesKeyOf(name, emptyTable),
  }));
}

/**
 * Binding again what is bound changes nothing. Throws `not-found` for either end, `access-refused` for the default
 * exchange, `bad-request` for a routing key that can't be, `precondition-failed` for an invalid `x-match`.
 */
export async function bind(context: EngineContext, request: BindingRequest): Promise<Binding> {
  checkNotDefault(request.source);
  if (request.destination.kind === "exchange") checkNotDefault(request.destination.name);
  checkRoutingKey(request.routingKey);
  const key = propertiesKeyOf(request.routingKey, request.arguments);
  return changeTopology(context, async (tx) => {
    const vhostId = await mustFindVhost(tx, request.vhost);
    const source = await mustFindExchange(tx, vhostId, request.vhost, request.source);
    if (source.type === "headers") checkHeadersArguments(request.arguments);
    const target = await mustFindTarget(tx, vhostId, request.vhost, request.destination);
    const changed = await insertBinding(tx, {
      ...target,
      vhostId,
      sourceId: source.id,
      routingKey: request.routingKey,
      arguments: encodeArguments(request.arguments),
      propertiesKey: key,
    });
    return { changed, result: { ...request, propertiesKey: key } };
  });
}

/** Throws `not-found` for either end and for the binding, `access-refused` for the default exchange. */
export async function unbind(
  context: EngineContext,
  binding: { vhost: string; source: string; destination: Destination; propertiesKey: string },
): Promise<void> {
  checkNotDefault(binding.source);
  await changeTopology(context, async (tx) => {
    const vhostId = await mustFindVhost(tx, binding.vhost);
    const source = await mustFindExchange(tx, vhostId, binding.vhost, binding.source);
    const target = await mustFindTarget(tx, vhostId, binding.vhost, binding.destination);
    const { propertiesKey } = binding;
    if (!(await deleteBinding(tx, { ...target, sourceId: source.id, propertiesKey }))) {
      throw notFound("binding", propertiesKey, binding.vhost);
    }
    await deleteExchangesAndUnused(tx, await unusedAutoDeleteExchanges(tx, [source.id]));
    return { changed: true, result: undefined };
  });
}

async function mustFindExchange(tx: Queryable, vhostId: number, vhost: string, name: string) {
  const exchange = await findExchange(tx, vhostId, name);
  if (!exchange) throw notFound("exchange", name, vhost);
  return exchange;
}

async function mustFindTarget(
  tx: Queryable,
  vhostId: number,
  vhost: string,
  { kind, name }: Destination,
): Promise<BindingTarget> {
  if (kind === "exchange") {
    return { queueId: null, exchangeId: (await mustFindExchange(tx, vhostId, vhost, name)).id };
  }
  const queue = await findQueue(tx, vhostId, name);
  if (!queue) throw notFound("queue", name, vhost);
  return { queueId: queue.id, exchangeId: null };
}
