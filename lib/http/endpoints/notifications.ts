import { z } from "zod";
import { type NotificationTargetInput, noticeStates, smtpSecurities, targetKinds } from "@/lib/broker/notifications";
import { withoutUndefined } from "@/lib/http/defined";
import { endpoint } from "@/lib/http/endpoint";
import { pageJson } from "@/lib/http/json/message-json";
import { noticeJson, notificationTargetJson, sendResultJson } from "@/lib/http/json/notification-json";
import { created, noContent, ok } from "@/lib/http/reply";
import { flag, integer, shortText, text } from "@/lib/http/schemas";

const secret = text.max(1_000).nullable().optional();
const writeOnly = { description: "Write only. Left out: as it is; null: none." };

const target = {
  kind: z.enum(targetKinds),
  enabled: flag.default(true),
  group_ms: integer(0, 86_400_000)
    .default(30_000)
    .meta({ description: "Failures of one cause within it make one notice." }),
  per_hour: integer(1, 3_600)
    .default(60)
    .meta({ description: "Notices at most; what exceeds it waits and collects on." }),
  url: text.max(2_000).optional().meta({ description: "Of webhook and slack; Slack's is not shown again." }),
  secret: secret.meta({ ...writeOnly, description: `What webhooks are signed with. ${writeOnly.description}` }),
  smtp: z
    .strictObject({
      host: text.max(255),
      port: integer(1, 65_535).default(587),
      security: z.enum(smtpSecurities).default("starttls"),
      user: text.max(255).nullable().default(null),
      password: secret.meta(writeOnly),
      from: text.max(320),
      to: z.array(text.max(320)).min(1).max(50),
    })
    .optional(),
};

function inputOf(name: string, body: z.output<z.ZodObject<typeof target>>): NotificationTargetInput {
  const { kind, enabled, group_ms: groupMs, per_hour: perHour, url, secret: given } = body;
  const rest = { name, kind, enabled, groupMs, perHour };
  if (body.smtp === undefined) return { ...rest, ...withoutUndefined({ url, secret: given }) };
  const { password, ...smtp } = body.smtp;
  return { ...rest, smtp, ...withoutUndefined({ url, secret: password }) };
}

export const notificationEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/notification-targets",
    summary: "Whom error policies can notify, without secrets",
    access: "look",
    manner: "warren",
    async handle(_input, { broker, actor }) {
      return ok((await broker.failures.listNotificationTargets(actor)).map(notificationTargetJson));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/notification-targets",
    summary: "Add a target: a webhook, Slack or what is compatible with it, or e-mail by SMTP",
    access: "set-policy",
    manner: "warren",
    body: z.strictObject({ name: shortText.min(1), ...target }),
    audit: "notification-target.create",
    async handle({ body: { name, ...body } }, { broker, actor, note }) {
      note({ target: name, kind: body.kind });
      const made = await broker.failures.createNotificationTarget(actor, inputOf(name, body));
      return created(`/api/notification-targets/${encodeURIComponent(name)}`, notificationTargetJson(made));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/notification-targets/{name}",
    summary: "One target, without its secrets",
    access: "look",
    manner: "warren",
    async handle({ path }, { broker, actor }) {
      return ok(notificationTargetJson(await broker.failures.getNotificationTarget(actor, path.name)));
    },
  }),
  endpoint({
    method: "PUT",
    path: "/api/notification-targets/{name}",
    summary: "Change a target that is still of `version`; secrets that are left out stay",
    access: "set-policy",
    manner: "warren",
    body: z.strictObject({ ...target, version: integer(1, Number.MAX_SAFE_INTEGER) }),
    audit: "notification-target.change",
    async handle({ path, body: { version, ...body } }, { broker, actor }) {
      const changed = await broker.failures.updateNotificationTarget(actor, inputOf(path.name, body), version);
      return ok(notificationTargetJson(changed));
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/notification-targets/{name}",
    summary: "Delete a target that no error policy names, and its notices",
    access: "set-policy",
    manner: "warren",
    audit: "notification-target.delete",
    async handle({ path }, { broker, actor }) {
      await broker.failures.deleteNotificationTarget(actor, path.name);
      return noContent();
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/notification-targets/{name}/test",
    summary: "Send a notice that says that it is a test, now, and tell what came of it",
    access: "set-policy",
    manner: "warren",
    audit: "notification-target.test",
    async handle({ path }, { broker, actor, note }) {
      const result = await broker.failures.testNotificationTarget(actor, path.name);
      note({ result: result.result });
      return ok(sendResultJson(result));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/notices",
    summary: "What targets were told, or are to be told, with the last attempts; newest first",
    access: "look",
    manner: "warren",
    query: z.strictObject({
      target: shortText.optional(),
      state: z.enum(noticeStates).optional(),
      limit: integer(1, 500).default(50),
      cursor: z.string().max(200).optional(),
    }),
    async handle({ query }, { broker, actor }) {
      const page = await broker.failures.listNotices(actor, withoutUndefined(query));
      return ok(pageJson(page, noticeJson));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/notices/{notice}/retry",
    summary: "Send a notice that has failed, or waits, now",
    access: "change",
    manner: "warren",
    audit: "notice.retry",
    async handle({ path }, { broker, actor }) {
      return ok(noticeJson(await broker.failures.retryNotice(actor, path.notice)));
    },
  }),
];
