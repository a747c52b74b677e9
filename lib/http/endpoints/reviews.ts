import { z } from "zod";
import { BrokerError } from "@/lib/broker/errors";
import { type ReviewDecision, reviewDecisions, reviewStates } from "@/lib/broker/reviews";
import { endpoint } from "@/lib/http/endpoint";
import { pageJson } from "@/lib/http/json/message-json";
import { payloadBytes, payloadEncodings } from "@/lib/http/json/payload";
import { reviewJson } from "@/lib/http/json/review-json";
import { ok } from "@/lib/http/reply";
import { commaSeparated, exchangeName, flag, integer, messageProperties, shortText, text } from "@/lib/http/schemas";

const comment = text.min(1).max(10_000);
const decisionBody = z.strictObject({
  decision: z.enum(reviewDecisions),
  comment: comment.optional(),
  to: z
    .strictObject({ exchange: exchangeName.default(""), routing_key: shortText })
    .optional()
    .meta({ description: "For forward; for edit and dead_letter instead of the message's own way." }),
  message: z
    .strictObject({
      properties: messageProperties,
      payload: z.string(),
      payload_encoding: z.enum(payloadEncodings).default("string"),
    })
    .optional()
    .meta({ description: "For edit: what takes the message's place." }),
});

function decisionOf(asked: z.output<typeof decisionBody>, mostBytes: number): ReviewDecision {
  const { decision: kind, message } = asked;
  const to = asked.to && { exchange: asked.to.exchange, routingKey: asked.to.routing_key };
  if (to && (kind === "retry" || kind === "discard")) throw refuse(`to goes not with ${kind}`);
  if (message && kind !== "edit") throw refuse(`message goes with edit, not with ${kind}`);
  switch (kind) {
    case "retry":
    case "discard":
      return { kind };
    case "dead_letter":
      return { kind, ...(to && { to }) };
    case "forward":
      if (!to) throw refuse("forward needs to");
      return { kind, to };
    case "edit": {
      if (!message) throw refuse("edit needs message");
      const body = payloadBytes(message.payload, message.payload_encoding, mostBytes);
      return { kind, properties: message.properties, body, ...(to && { to }) };
    }
  }
}

function refuse(why: string): BrokerError {
  return new BrokerError("bad-request", `The body is not as it should be: ${why}.`);
}

export const reviewEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/reviews",
    summary: "Messages that wait for a person, and, if asked for, those about which one has decided",
    access: "look",
    manner: "warren",
    query: z.strictObject({
      vhost: shortText.optional(),
      queue: shortText.optional(),
      state: commaSeparated(reviewStates).default(["waiting", "claimed"]),
      mine: flag.default(false).meta({ description: "Only those that you have claimed." }),
      order: z.enum(["oldest", "newest"]).default("oldest"),
      limit: integer(1, 500).default(50),
      cursor: z.string().max(100).optional(),
      body_limit: integer(0, 1_048_576).default(4096),
    }),
    async handle({ query }, { broker, actor }) {
      const { vhost, queue, cursor, state, order, limit } = query;
      const page = await broker.failures.listReviews(actor, {
        ...{ states: state, order, limit, bodyLimit: query.body_limit },
        ...(vhost !== undefined && { vhost }),
        ...(queue !== undefined && { queue }),
        ...(cursor !== undefined && { cursor }),
        ...(query.mine && { claimedBy: actor.user }),
      });
      return ok(pageJson(page, (review) => reviewJson(review)));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/reviews/count",
    summary: "How many messages wait for a person, and how many of those somebody has claimed",
    access: "look",
    manner: "warren",
    query: z.strictObject({ vhost: shortText.optional() }),
    async handle({ query }, { broker, actor }) {
      return ok(await broker.failures.countReviews(actor, query.vhost));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/reviews/{id}",
    summary: "One of them, with its whole body or the first `body_limit` bytes of it",
    access: "look",
    manner: "warren",
    query: z.strictObject({
      body_limit: integer(0, Number.MAX_SAFE_INTEGER).optional(),
      encoding: z.enum(["auto", "base64"]).default("auto"),
    }),
    async handle({ path, query }, { broker, actor }) {
      return ok(reviewJson(await broker.failures.getReview(actor, path.id, query.body_limit), query.encoding));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/reviews/{id}/claim",
    summary: "Say that you will decide; refused while somebody else has said so, unless you `take_over`",
    access: "change",
    manner: "warren",
    body: z.strictObject({ take_over: flag.default(false) }),
    audit: "review.claim",
    async handle({ path, body }, { broker, actor, note }) {
      note({ take_over: body.take_over });
      return ok(reviewJson(await broker.failures.claimReview(actor, path.id, { takeOver: body.take_over })));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/reviews/{id}/release",
    summary: "Let somebody else decide",
    access: "change",
    manner: "warren",
    audit: "review.release",
    async handle({ path }, { broker, actor }) {
      return ok(reviewJson(await broker.failures.releaseReview(actor, path.id)));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/reviews/{id}/comments",
    summary: "Add a comment",
    access: "change",
    manner: "warren",
    body: z.strictObject({ text: comment }),
    audit: "review.comment",
    async handle({ path, body }, { broker, actor }) {
      return ok(reviewJson(await broker.failures.commentReview(actor, path.id, body.text)));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/reviews/{id}/decide",
    summary: "Retry, edit, forward, discard or dead-letter it: the message is there exactly when it is no longer here",
    access: "change",
    manner: "warren",
    body: decisionBody,
    audit: "review.decide",
    async handle({ path, body }, { broker, actor, limits, note }) {
      note({ decision: body.decision });
      const decision = decisionOf(body, limits.messageBytes);
      const review = await broker.failures.decideReview(actor, path.id, decision, body.comment);
      note({ message_id: review.messageId, ...review.decision?.detail });
      return ok(reviewJson(review));
    },
  }),
];
