import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import type { SimulationSubject } from "@/lib/broker/failure-handling";
import { failureReasons } from "@/lib/broker/failures";
import { fromPlain } from "@/lib/broker/properties/plain";
import { withoutUndefined } from "@/lib/http/defined";
import { endpoint } from "@/lib/http/endpoint";
import { attemptJson, errorPolicyJson, simulationJson } from "@/lib/http/json/failure-json";
import { policyBody, policyChangeBody, triedPolicy } from "@/lib/http/policy-schemas";
import { created, noContent, ok } from "@/lib/http/reply";
import { argumentTable, flag, integer, messageId, shortText, text } from "@/lib/http/schemas";

const version = integer(1, Number.MAX_SAFE_INTEGER);
const report = z
  .strictObject({ type: text.optional(), message: text.optional(), stack: text.optional() })
  .transform((given) => withoutUndefined(given));

const attempts = integer(1, 1_000_000);
const subject = z.strictObject({
  failure: z
    .strictObject({
      queue: shortText,
      reason: z.enum(failureReasons),
      error: report.default({}),
      headers: argumentTable,
      attempts: attempts.default(1),
      age_ms: integer(0, Number.MAX_SAFE_INTEGER).default(0),
    })
    .optional(),
  message: z
    .strictObject({
      queue: shortText,
      id: messageId,
      reason: z.enum(failureReasons).optional(),
      error: report.optional(),
      attempts: attempts.optional(),
    })
    .optional(),
  last: integer(1, 1_000).optional(),
  queue: shortText.optional().meta({ description: "With last: only failures in this queue." }),
});

function subjectOf({ failure, message, last, queue }: z.output<typeof subject>): SimulationSubject {
  if ([failure, message, last].filter((one) => one !== undefined).length !== 1) {
    throw new BrokerError("bad-request", "of must have one of failure, message and last.");
  }
  if (failure) {
    const { age_ms: ageMs, ...rest } = failure;
    return { kind: "failure", failure: { ...rest, headers: rest.headers ?? fromPlain({}), ageMs } };
  }
  if (message) {
    const { queue: name, id, ...given } = message;
    return { kind: "message", queue: name, id, failure: withoutUndefined(given) };
  }
  return { kind: "last", count: last ?? 1_000, ...(queue !== undefined && { queue }) };
}

export const errorPolicyEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/error-policies",
    summary: "The rules that say what becomes of failures, in their order, of all virtual hosts",
    access: "look",
    manner: "warren",
    async handle(_input, call) {
      return ok((await call.broker.failures.listErrorPolicies(call.actor)).map(errorPolicyJson));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/error-policies/{vhost}",
    summary: "The same of one virtual host",
    access: "look",
    manner: "warren",
    async handle({ path }, call) {
      return ok((await call.broker.failures.listErrorPolicies(call.actor, path.vhost)).map(errorPolicyJson));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/error-policies/{vhost}",
    summary: "Add a rule, at the end or at `position`",
    access: "set-policy",
    manner: "warren",
    body: policyBody,
    audit: "error-policy.create",
    async handle({ path, body: { position, ...policy } }, call) {
      const made = await call.broker.failures.createErrorPolicy(call.actor, path.vhost, policy, position);
      call.note({ target: made.name, id: made.id, position: made.position });
      const location = `/api/error-policies/${encodeURIComponent(path.vhost)}/${made.id}`;
      return created(location, errorPolicyJson(made));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/error-policies/{vhost}/{id}",
    summary: "One rule",
    access: "look",
    manner: "warren",
    async handle({ path }, call) {
      return ok(errorPolicyJson(await call.broker.failures.getErrorPolicy(call.actor, path.vhost, path.id)));
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/error-policies/{vhost}/{id}",
    summary: "Change a rule that is still of `version`",
    access: "set-policy",
    manner: "warren",
    body: policyChangeBody,
    audit: "error-policy.change",
    async handle({ path, body: { version: seen, ...policy } }, call) {
      const changed = await call.broker.failures.updateErrorPolicy(call.actor, path.vhost, path.id, policy, seen);
      call.note({ target: changed.name, version: changed.version });
      return ok(errorPolicyJson(changed));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/error-policies/{vhost}/{id}",
    summary: "Delete a rule, if given only while it is of `version`",
    access: "set-policy",
    manner: "warren",
    query: z.strictObject({ version: version.optional() }),
    audit: "error-policy.delete",
    async handle({ path, query }, call) {
      await call.broker.failures.deleteErrorPolicy(call.actor, path.vhost, path.id, query.version);
      return noContent();
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/error-policies/{vhost}/{id}/move",
    summary: "Change a rule's place in the order: up, down, first, last, or a number from 1",
    access: "set-policy",
    manner: "warren",
    body: z.strictObject({ to: z.union([z.enum(["up", "down", "first", "last"]), integer(1, 1_000_000)]) }),
    audit: "error-policy.move",
    async handle({ path, body }, call) {
      return ok(
        (await call.broker.failures.moveErrorPolicy(call.actor, path.vhost, path.id, body.to)).map(errorPolicyJson),
      );
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/error-policies/{vhost}/{id}/enabled",
    summary: "Switch a rule on or off",
    access: "set-policy",
    manner: "warren",
    body: z.strictObject({ enabled: flag, version: version.optional() }),
    audit: "error-policy.enable",
    async handle({ path, body }, call) {
      call.note({ enabled: body.enabled });
      const { vhost, id } = path;
      return ok(
        errorPolicyJson(
          await call.broker.failures.enableErrorPolicy(call.actor, vhost, id, body.enabled, body.version),
        ),
      );
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/error-policies/{vhost}/simulate",
    summary:
      "What rules, in force or given, would do with a failure, a message, or the `last` failures; changes nothing",
    access: "look",
    manner: "warren",
    body: z.strictObject({ policies: z.array(triedPolicy).max(200).optional(), of: subject }),
    async handle({ path, body }, call) {
      const { vhost } = path;
      const { policies } = body;
      const of = subjectOf(body.of);
      return ok(
        simulationJson(
          await call.broker.failures.simulateErrorPolicies(call.actor, { vhost, of, ...(policies && { policies }) }),
        ),
      );
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/messages/{vhost}/{id}/attempts",
    summary:
      "Every delivery of a message (by its message_id) that came to nothing: when, who held it, why, what was decided",
    access: "look",
    manner: "warren",
    async handle({ path }, call) {
      const found = await call.broker.failures.listAttempts(call.actor, path.vhost, path.id);
      return ok({ attempts: found.map(attemptJson) });
    },
  }),
];
