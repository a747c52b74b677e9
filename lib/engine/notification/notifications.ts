import type { Notifications } from "@/lib/broker/notifications";
import type { EngineContext } from "@/lib/engine/context";
import { listNotices, retryNotice, testTarget } from "@/lib/engine/notification/notices";
import { createTarget, deleteTarget, getTarget, listTargets, updateTarget } from "@/lib/engine/notification/targets";

/** The part of the contract that is about whom failures are told to. */
export function notifications(context: EngineContext): Notifications {
  return {
    listNotificationTargets: () => listTargets(context),
    getNotificationTarget: (_actor, name) => getTarget(context, name),
    createNotificationTarget: (actor, target) => createTarget(context, actor, target),
    updateNotificationTarget: (actor, target, version) => updateTarget(context, actor, target, version),
    deleteNotificationTarget: (_actor, name) => deleteTarget(context, name),
    testNotificationTarget: (_actor, name) => testTarget(context, name),
    listNotices: (_actor, query) => listNotices(context, query),
    retryNotice: (_actor, id) => retryNotice(context, id),
  };
}
