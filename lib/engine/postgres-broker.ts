import type { Broker } from "@/lib/broker/broker";
import { clientLimits } from "@/lib/engine/administration/limits";
import type { EngineContext } from "@/lib/engine/context";
import { discardDeadLetters } from "@/lib/engine/dead-letters/discard";
import { deadLetterGroups } from "@/lib/engine/dead-letters/groups";
import { countDeadLetters, listDeadLetters } from "@/lib/engine/dead-letters/list";
import { retryDeadLetters } from "@/lib/engine/dead-letters/retry";
import { edits } from "@/lib/engine/edit/edit";
import { failureHandling } from "@/lib/engine/error-policy/handling";
import { jobs } from "@/lib/engine/jobs/jobs";
import { lease } from "@/lib/engine/lease/lease";
import { Settler } from "@/lib/engine/lease/settle";
import { moveMessages } from "@/lib/engine/move/messages";
import {
  closeConnection,
  getConnection,
  listChannels,
  listConnections,
  listConsumers,
} from "@/lib/engine/presence/views";
import { outgoing } from "@/lib/engine/publish/outgoing";
import { previewPublish } from "@/lib/engine/publish/preview";
import { bind, listBindings, unbind } from "@/lib/engine/topology/bindings";
import { declareExchange, deleteExchange } from "@/lib/engine/topology/exchanges";
import { declareQueue, deleteQueue } from "@/lib/engine/topology/queues";
import { deleteVhost, getVhost, listVhosts, putVhost } from "@/lib/engine/topology/vhosts";
import { purgeQueue } from "@/lib/engine/trash/purge";
import { listTrash, restoreTrash } from "@/lib/engine/trash/restore";
import { changesSince } from "@/lib/engine/views/changes";
import { getExchange, listExchanges } from "@/lib/engine/views/exchanges";
import { overview } from "@/lib/engine/views/overview";
import { getMessage, peek } from "@/lib/engine/views/peek";
import { getQueue, listQueues, queueSamples } from "@/lib/engine/views/queues";

/** The contract, kept by the engine on Postgres. */
export function postgresBroker(context: EngineContext): Broker {
  const settler = new Settler(context);
  return {
    capabilities: { peek: true, trash: true, lease: true, routePreview: true },
    failures: failureHandling(context),

    overview: (_actor, range, scope) => overview(context, range, scope),
    changesSince: (_actor, position) => changesSince(context, position),

    // Whoever asks the engine itself may do everything: see AccessControl for those who may not.
    checkAccess: async () => {},

    clientLimits: (actor, vhost) => clientLimits(context, vhost, actor.user),

    listVhosts: () => listVhosts(context),
    getVhost: (_actor, name) => getVhost(context, name),
    putVhost: (_actor, vhost) => putVhost(context, vhost),
    deleteVhost: (_actor, name) => deleteVhost(context, name),

    listExchanges: (_actor, vhost) => listExchanges(context, vhost),
    getExchange: (_actor, vhost, name) => getExchange(context, vhost, name),
    declareExchange: (_actor, declaration) => declareExchange(context, declaration),
    deleteExchange: (_actor, vhost, name, options) => deleteExchange(context, vhost, name, options),

    listQueues: (_actor, options) => listQueues(context, options),
    getQueue: (_actor, vhost, name, options) => getQueue(context, vhost, name, options),
    queueSamples: (_actor, vhost, name, range) => queueSamples(context, vhost, name, range),
    declareQueue: (_actor, declaration) => declareQueue(context, declaration),
    deleteQueue: (actor, vhost, name, options) => deleteQueue(context, actor, vhost, name, options),
    purgeQueue: (actor, vhost, name) => purgeQueue(context, actor, vhost, name),

    listBindings: (_actor, filter) => listBindings(context, filter),
    bind: (_actor, binding) => bind(context, binding),
    unbind: (_actor, binding) => unbind(context, binding),

    publish: async (actor, request) => context.publisher.publish(outgoing(actor, request)),
    previewRoute: (_actor, request) => previewPublish(context, request),

    lease: (actor, request) => lease(context, actor, request),
    settle: (actor, settlements, options) => settler.settle(actor, settlements, options?.lazily),
    extendLease: (_actor, receipt, visibilityTimeoutMs) => settler.extendLease(receipt, visibilityTimeoutMs),

    peek: (_actor, request) => peek(context, request),
    getMessage: (_actor, ref, bodyLimit) => getMessage(context, ref, bodyLimit),
    moveMessages: (actor, request) => moveMessages(context, actor, request),

    listDeadLetters: (_actor, query) => listDeadLetters(context, query),
    countDeadLetters: (_actor, query) => countDeadLetters(context, query),
    retryDeadLetters: (actor, request) => retryDeadLetters(context, actor, request),
    discardDeadLetters: (actor, vhost, selection) => discardDeadLetters(context, actor, vhost, selection),

    groups: deadLetterGroups(context),
    jobs: jobs(context),
    edits: edits(context),

    listTrash: (_actor, vhost) => listTrash(context, vhost),
    restoreTrash: (actor, batch) => restoreTrash(context, actor, batch),

    listConnections: (_actor, options) => listConnections(context, options),
    getConnection: (_actor, name) => getConnection(context, name),
    listChannels: (_actor, options) => listChannels(context, options),
    listConsumers: (_actor, options) => listConsumers(context, options),
    closeConnection: (actor, name, reason) => closeConnection(context, actor, name, reason),
  };
}
