import { z } from "zod";
import type { Token } from "@/generated/prisma/client";
import { createToken } from "@/lib/auth/tokens";
import { BrokerError } from "@/lib/broker/errors";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { created, noContent, ok } from "@/lib/http/reply";
import { text } from "@/lib/http/schemas";

/** Nobody needs more, and lists stay short. */
const MOST_TOKENS = 200;

function tokenJson(token: Omit<Token, "hash" | "userId">) {
  return {
    id: token.id,
    name: token.name,
    scope: token.readOnly ? ("read" as const) : ("full" as const),
    created_at: token.createdAt.toISOString(),
    expires_at: token.expiresAt?.toISOString() ?? null,
    last_used_at: token.lastUsedAt?.toISOString() ?? null,
  };
}

/** Who holds a token can't make others of it, which would outlive it. Throws `access-refused`. */
function ownerId({ user, request }: Call): string {
  if (user === null) throw new BrokerError("unauthenticated", "Log in first.");
  if (/^bearer\s/i.test(request.headers.get("authorization") ?? "")) {
    throw new BrokerError(
      "access-refused",
      "Tokens are made and deleted by somebody who is logged in, not by a token.",
    );
  }
  return user.id;
}

export const tokenEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/tokens",
    summary: "Your tokens, without their secrets",
    access: "user",
    manner: "warren",
    async handle(_input, call) {
      const where = { userId: ownerId(call) };
      return ok((await call.database.token.findMany({ where, orderBy: { name: "asc" } })).map(tokenJson));
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/tokens",
    summary: "Make a token for `Authorization: Bearer`; its secret is shown this once",
    access: "user",
    manner: "warren",
    body: z.strictObject({
      name: text.min(1).max(200),
      scope: z.enum(["full", "read"]).default("full").meta({ description: "All that you may do, or only reading." }),
      expires_at: z.iso.datetime({ offset: true }).optional(),
    }),
    audit: "token.create",
    async handle({ body }, call) {
      const userId = ownerId(call);
      call.note({ target: body.name, scope: body.scope, expires_at: body.expires_at ?? null });
      const expiresAt = body.expires_at === undefined ? null : new Date(body.expires_at);
      if (expiresAt !== null && expiresAt.getTime() <= Date.now()) {
        throw new BrokerError("bad-request", "expires_at lies in the past.");
      }
      const { token } = call.database;
      if ((await token.count({ where: { userId } })) >= MOST_TOKENS) {
        throw new BrokerError("conflict", `You have ${MOST_TOKENS} tokens. Delete some first.`);
      }
      if ((await token.count({ where: { userId, name: body.name } })) > 0) {
        throw new BrokerError("conflict", `You have a token '${body.name}' already.`);
      }
      const made = await createToken(call.database, {
        ...{ userId, name: body.name, expiresAt, readOnly: body.scope === "read" },
      });
      const stored = await token.findUniqueOrThrow({ where: { id: made.id } });
      return created(undefined, { ...tokenJson(stored), token: made.secret });
    },
  }),
  endpoint({
    method: "DELETE",
    path: "/api/tokens/{token}",
    summary: "Delete one of your tokens; it is refused from then on",
    access: "user",
    manner: "warren",
    audit: "token.delete",
    async handle({ path }, call) {
      const where = { id: path.token, userId: ownerId(call) };
      const { count } = await call.database.token.deleteMany({ where });
      if (count === 0) throw new BrokerError("not-found", `You have no token ${path.token}.`);
      return noContent();
    },
  }),
];
