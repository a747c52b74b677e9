import type { FailureHandling } from "@/lib/broker/failure-handling";
import type { EngineContext } from "@/lib/engine/context";
import { listAttempts } from "@/lib/engine/error-policy/attempts";
import {
  createErrorPolicy,
  deleteErrorPolicy,
  enableErrorPolicy,
  getErrorPolicy,
  listErrorPolicies,
  moveErrorPolicy,
  updateErrorPolicy,
} from "@/lib/engine/error-policy/policies";
import { simulateErrorPolicies } from "@/lib/engine/error-policy/simulate";
import { timelines } from "@/lib/engine/history/timeline";
import { notifications } from "@/lib/engine/notification/notifications";
import { reviewInbox } from "@/lib/engine/review/inbox";

/** The part of the contract that is about failures. */
export function failureHandling(context: EngineContext): FailureHandling {
  return {
    ...reviewInbox(context),
    ...notifications(context),
    ...timelines(context),
    listErrorPolicies: (_actor, vhost) => listErrorPolicies(context, vhost),
    getErrorPolicy: (_actor, vhost, id) => getErrorPolicy(context, vhost, id),
    createErrorPolicy: (actor, vhost, policy, position) => createErrorPolicy(context, actor, vhost, policy, position),
    updateErrorPolicy: (actor, vhost, id, policy, version) =>
      updateErrorPolicy(context, actor, vhost, id, policy, version),
    enableErrorPolicy: (actor, vhost, id, enabled, version) =>
      enableErrorPolicy(context, actor, vhost, id, enabled, version),
    deleteErrorPolicy: (_actor, vhost, id, version) => deleteErrorPolicy(context, vhost, id, version),
    moveErrorPolicy: (_actor, vhost, id, to) => moveErrorPolicy(context, vhost, id, to),
    simulateErrorPolicies: (_actor, request) => simulateErrorPolicies(context, request),
    listAttempts: (_actor, vhost, messageId) => listAttempts(context, vhost, messageId),
  };
}
