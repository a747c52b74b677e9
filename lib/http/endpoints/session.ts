import { z } from "zod";
import { mayAccess } from "@/lib/auth/permissions";
import { endedSessionCookie, sessionCookie, sessionSecret } from "@/lib/auth/session-cookie";
import { beginSession, endSession } from "@/lib/auth/sessions";
import type { KnownUser } from "@/lib/auth/users";
import { BrokerError } from "@/lib/broker/errors";
import { endpoint } from "@/lib/http/endpoint";
import { noContent, ok } from "@/lib/http/reply";

const credentials = z.strictObject({ username: z.string().max(255), password: z.string().max(1000) });

/** Who somebody is, and what they may do here. */
function userJson(user: KnownUser) {
  return {
    name: user.name,
    tags: user.tags,
    may: {
      look: mayAccess(user.tags, "look"),
      change: mayAccess(user.tags, "change"),
      monitor: mayAccess(user.tags, "monitor"),
      set_policy: mayAccess(user.tags, "set-policy"),
      administer: mayAccess(user.tags, "administer"),
    },
  };
}

export const sessionEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/whoami",
    summary: "The user that is logged in, and what it may do",
    access: "user",
    manner: "rabbitmq",
    async handle(_input, { user }) {
      if (user === null) throw new BrokerError("unauthenticated", "Log in first.");
      return ok(userJson(user));
    },
  }),
  endpoint({
    method: "GET",
    path: "/api/auth",
    summary: "Other ways to log in than by name and password: none",
    access: "public",
    manner: "rabbitmq",
    handle: async () => ok({ oauth_enabled: false, enable_uaa: false, uaa_client_id: "", uaa_location: "" }),
  }),
  endpoint({
    method: "POST",
    path: "/api/login",
    summary: "Begin a session of the console; the answer sets a cookie",
    access: "public",
    manner: "warren",
    body: credentials,
    audit: "session.login",
    async handle({ body }, { request, actor, database, authenticator, note }) {
      note({ user: body.username, target: body.username });
      const user = await authenticator.logIn(body.username, body.password, actor.address, request.headers.get("host"));
      const userAgent = request.headers.get("user-agent") ?? "";
      const secret = await beginSession(database, { user, address: actor.address ?? "", userAgent });
      return ok(userJson(user), { "set-cookie": sessionCookie(request, secret) });
    },
  }),
  endpoint({
    method: "POST",
    path: "/api/logout",
    summary: "End the session of the console",
    access: "public",
    manner: "warren",
    async handle(_input, { request, database }) {
      const secret = sessionSecret(request);
      if (secret !== null) await endSession(database, secret);
      return noContent({ "set-cookie": endedSessionCookie(request) });
    },
  }),
];
