import type { Actor } from "@/lib/broker/actor";
import type { Broker } from "@/lib/broker/broker";
import { BrokerError, notFound } from "@/lib/broker/errors";
import type { TrashBatch } from "@/lib/broker/message";
import { type FieldTable, textOf } from "@/lib/broker/properties/field-value";
import type { PublishRequest } from "@/lib/broker/requests";
import { generateQueueName } from "@/lib/broker/rules/names";
import { routingKeys } from "@/lib/broker/rules/router";
import { forgedUserId } from "@/lib/broker/rules/user-id";
import { type AccessControl, isTrusted, mustGrant, seesEverything } from "@/lib/engine/access/access-control";
import { authorizedFailures } from "@/lib/engine/access/authorized-failures";
import { authorizedGroups } from "@/lib/engine/access/authorized-groups";
import { authorizedEdits, authorizedJobs, type SharedChecks } from "@/lib/engine/access/authorized-jobs";
import type { Grant } from "@/lib/engine/access/grants";
import { exchangeIn, Guard, queueIn } from "@/lib/engine/access/guard";
import type { EngineContext } from "@/lib/engine/context";
import { permissionPut, permissionPutAdministrators } from "@/lib/engine/sql/permission";

/**
 * A broker that does only what the actor may do, so that no door can forget to ask. Which right an operation takes is
 * RabbitMQ's (https://www.rabbitmq.com/docs/access-control#authorisation); what RabbitMQ has not follows from it: who reads
 * messages needs `read` at their queue, who puts them somewhere `write` at the exchange they go through.
 */
export function authorizedBroker(broker: Broker, access: AccessControl, context: EngineContext): Broker {
  const guard = new Guard(access, context);
  const mustSeeOne = (actor: Actor, vhost: string | undefined) => guard.mustSeeOne(actor, vhost);

  /** Bringing a queue back is declaring and binding it. */
  const mustMakeAgain = async (
    actor: Actor,
    vhost: string,
    name: string,
    queue: NonNullable<TrashBatch["deletedQueue"]>,
  ) => {
    const own = queueIn(vhost, name);
    await access.mustHave(actor, ["configure", own], ["read", own]);
    const dead = text(queue.arguments, "x-dead-letter-exchange");
    if (dead !== undefined) await access.mustHave(actor, ["write", exchangeIn(vhost, dead)]);
    for (const { source, routingKey } of queue.bindings) {
      await access.mustHave(actor, ["write", own], ["read", exchangeIn(vhost, source)]);
      await guard.mustGrantKeys(actor, "read", { vhost, name: source }, [routingKey]);
    }
  };

  const mustRestore = async (actor: Actor, batch: string) => {
    if (isTrusted(actor)) return;
    const found = (await broker.listTrash(actor)).find(({ id }) => id === batch);
    if (!found) return;
    const { vhost, queue: from, deletedQueue } = found;
    if (deletedQueue !== null && from !== null) return mustMakeAgain(actor, vhost, from, deletedQueue);
    await guard.mustReadSelected(actor, vhost, { kind: "all", ...(from !== null && { queue: from }) });
  };

  const visibleVhosts = async (actor: Actor) => {
    const sees = await access.visible(actor);
    return (await broker.listVhosts(actor)).filter(({ name }) => sees(name));
  };

  const shared: SharedChecks = {
    mustReadSelected: (actor, vhost, selection) => guard.mustReadSelected(actor, vhost, selection),
    mustPublish: (actor, vhost, to) => guard.mustPublish(actor, vhost, to),
    mustRestore,
    exchangesOf: async (vhost) => [...(await context.topology.fresh()).vhost(vhost).exchanges.keys()],
  };

  const publishByTopic = async (actor: Actor, request: PublishRequest) => {
    const { vhost, exchange: name, routingKey, properties } = request;
    await guard.mustGrantKeys(actor, "write", { vhost, name }, routingKeys(routingKey, properties.headers));
    return broker.publish(actor, request);
  };

  return {
    ...broker,
    checkAccess: (actor, right, resource) => access.mustHave(actor, [right, resource]),

    /** As in RabbitMQ, nobody learns from the sums what lies in vhosts that they don't see, or how many others are there. */
    overview: async (actor, range, scope) => {
      for (const vhost of scope?.vhosts ?? []) await access.mustSee(actor, vhost);
      if (seesEverything(actor)) return broker.overview(actor, range, scope);
      const vhosts = scope?.vhosts ?? (await visibleVhosts(actor)).map(({ name }) => name);
      return broker.overview(actor, range, { vhosts, user: actor.user });
    },

    listVhosts: visibleVhosts,
    getVhost: async (actor, name) => {
      const vhost = await broker.getVhost(actor, name);
      await access.mustSee(actor, name);
      return vhost;
    },
    /** Who makes a vhost may do everything in it, as in RabbitMQ; in the sample's, every administrator. */
    putVhost: async (actor, vhost) => {
      const result = await broker.putVhost(actor, vhost);
      if (!result.created) return result;
      const { main } = context.database;
      const all = { configure: ".*", write: ".*", read: ".*" };
      if (actor.door === "sample") await permissionPutAdministrators(main, vhost.name);
      else if (!isTrusted(actor)) await permissionPut(main, { vhost: vhost.name, user: actor.user, ...all });
      access.forget();
      return result;
    },

    listExchanges: async (actor, vhost) => {
      await mustSeeOne(actor, vhost);
      return guard.inVisible(actor, broker.listExchanges(actor, vhost));
    },
    getExchange: async (actor, vhost, name) => {
      await access.mustSee(actor, vhost);
      return broker.getExchange(actor, vhost, name);
    },
    declareExchange: async (actor, declaration) => {
      const { vhost, name } = declaration;
      const own = exchangeIn(vhost, name);
      await access.mustHave(actor, ["configure", own]);
      const alternate = text(declaration.arguments, "alternate-exchange");
      if (alternate !== undefined) await access.mustHave(actor, ["read", own], ["write", exchangeIn(vhost, alternate)]);
      return broker.declareExchange(actor, declaration);
    },
    deleteExchange: async (actor, vhost, name, options) => {
      await access.mustHave(actor, ["configure", exchangeIn(vhost, name)]);
      return broker.deleteExchange(actor, vhost, name, options);
    },

    listQueues: async (actor, options) => {
      await mustSeeOne(actor, options.vhost);
      return guard.inVisible(actor, broker.listQueues(actor, options));
    },
    getQueue: async (actor, vhost, name, options) => {
      await access.mustSee(actor, vhost);
      return broker.getQueue(actor, vhost, name, options);
    },
    queueSamples: async (actor, vhost, name, range) => {
      await access.mustSee(actor, vhost);
      return broker.queueSamples(actor, vhost, name, range);
    },
    declareQueue: async (actor, declaration) => {
      const { vhost } = declaration;
      // The broker will make another name, but one like this.
      const own = queueIn(vhost, declaration.name === "" ? generateQueueName() : declaration.name);
      await access.mustHave(actor, ["configure", own]);
      const dead = text(declaration.arguments, "x-dead-letter-exchange");
      if (dead !== undefined) await access.mustHave(actor, ["read", own], ["write", exchangeIn(vhost, dead)]);
      return broker.declareQueue(actor, declaration);
    },
    deleteQueue: async (actor, vhost, name, options) => {
      await access.mustHave(actor, ["configure", queueIn(vhost, name)]);
      return broker.deleteQueue(actor, vhost, name, options);
    },
    purgeQueue: async (actor, vhost, name) => {
      await access.mustHave(actor, ["read", queueIn(vhost, name)]);
      return broker.purgeQueue(actor, vhost, name);
    },

    listBindings: async (actor, filter) => {
      await mustSeeOne(actor, filter.vhost);
      return guard.inVisible(actor, broker.listBindings(actor, filter));
    },
    bind: async (actor, binding) => {
      const { vhost, source, destination, routingKey } = binding;
      await access.mustHave(actor, ["write", { vhost, ...destination }], ["read", exchangeIn(vhost, source)]);
      await guard.mustGrantKeys(actor, "read", { vhost, name: source }, [routingKey]);
      return broker.bind(actor, binding);
    },
    unbind: async (actor, binding) => {
      const { vhost, source, destination } = binding;
      await access.mustHave(actor, ["write", { vhost, ...destination }], ["read", exchangeIn(vhost, source)]);
      return broker.unbind(actor, binding);
    },

    publish: (actor, request) => {
      const { vhost, exchange: name, properties } = request;
      const forged = isTrusted(actor) ? undefined : forgedUserId(actor, properties);
      if (forged !== undefined) return Promise.reject(forged);
      let topical = false;
      const check = (grant: Grant | undefined) => {
        mustGrant(grant, actor, "write", exchangeIn(vhost, name));
        topical = grant?.topics.has(name) ?? false;
      };
      return access.when(actor, vhost, check, () =>
        topical ? publishByTopic(actor, request) : broker.publish(actor, request),
      );
    },
    previewRoute: async (actor, request) => {
      await access.mustSee(actor, request.vhost);
      return broker.previewRoute(actor, request);
    },

    /** Consumers were let in by `checkAccess`, and are not asked again for each message. */
    lease: async (actor, request) => {
      if (request.countAs === "get") await access.mustHave(actor, ["read", queueIn(request.vhost, request.queue)]);
      return broker.lease(actor, request);
    },

    peek: async (actor, request) => {
      const { vhost, queue: name } = request;
      // Of all vhosts everybody gets what they may read.
      if (vhost !== null) await access.mustSee(actor, vhost);
      if (vhost !== null && name !== undefined) await access.mustHave(actor, ["read", queueIn(vhost, name)]);
      const page = await broker.peek(actor, request);
      return { ...page, items: await guard.readable(actor, page.items) };
    },
    getMessage: async (actor, ref, bodyLimit) => {
      await access.mustHave(actor, ["read", queueIn(ref.vhost, ref.queue)]);
      return broker.getMessage(actor, ref, bodyLimit);
    },
    moveMessages: async (actor, request) => {
      const { vhost, from, to } = request;
      await access.mustHave(actor, ["read", queueIn(vhost, from)]);
      await guard.mustPublish(actor, vhost, { exchange: to.exchange, keys: [to.routingKey] });
      return broker.moveMessages(actor, request);
    },

    listDeadLetters: async (actor, query) => {
      await mustSeeOne(actor, query.vhost);
      const page = await broker.listDeadLetters(actor, query);
      return { ...page, items: await guard.readable(actor, page.items) };
    },
    countDeadLetters: async (actor, query) => {
      await mustSeeOne(actor, query.vhost);
      return broker.countDeadLetters(actor, query);
    },
    retryDeadLetters: async (actor, request) => {
      const { vhost, to } = request;
      await guard.mustReadSelected(actor, vhost, request.selection);
      await guard.mustPublish(actor, vhost, { exchange: to?.exchange ?? "", keys: to ? [to.routingKey] : [] });
      return broker.retryDeadLetters(actor, request);
    },
    discardDeadLetters: async (actor, vhost, selection) => {
      await guard.mustReadSelected(actor, vhost, selection);
      return broker.discardDeadLetters(actor, vhost, selection);
    },

    groups: authorizedGroups(broker.groups, access),
    jobs: authorizedJobs(broker.jobs, access, shared),
    edits: authorizedEdits(broker.edits, access, shared),
    failures: authorizedFailures(broker.failures, guard),

    listTrash: async (actor, vhost) => {
      await mustSeeOne(actor, vhost);
      return guard.inVisible(actor, broker.listTrash(actor, vhost));
    },
    restoreTrash: async (actor, batch) => {
      await mustRestore(actor, batch);
      return broker.restoreTrash(actor, batch);
    },

    listConnections: (actor, options) => guard.inSight(actor, broker.listConnections(actor, options)),
    getConnection: async (actor, name) => {
      const [found] = await guard.inSight(
        actor,
        broker.getConnection(actor, name).then((one) => [one]),
      );
      if (found === undefined) throw notFound("connection", name);
      return found;
    },
    listChannels: (actor, options) => guard.inSight(actor, broker.listChannels(actor, options)),
    listConsumers: (actor, options) => guard.inVisible(actor, broker.listConsumers(actor, options)),
    closeConnection: async (actor, name, reason) => {
      const { user } = await broker.getConnection(actor, name);
      const may = isTrusted(actor) || user === actor.user || actor.tags.includes("administrator");
      if (!may) throw new BrokerError("access-refused", `Only an administrator may close connections of '${user}'.`);
      return broker.closeConnection(actor, name, reason);
    },
  };
}

function text(table: FieldTable, name: string): string | undefined {
  return textOf(table.get(name));
}
