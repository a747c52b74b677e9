import { z } from "zod";
import { mayAccess } from "@/lib/auth/permissions";
import { BrokerError } from "@/lib/broker/errors";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { openEventStream } from "@/lib/http/events/stream";
import type { Sees } from "@/lib/http/events/subscription";
import { stream } from "@/lib/http/reply";

export const eventEndpoints = [
  endpoint({
    method: "GET",
    path: "/api/events",
    summary: "What changes, as it changes (server-sent events); goes on after `Last-Event-ID`, or after `since`",
    access: "look",
    manner: "warren",
    query: z.strictObject({
      since: z.string().max(40).optional().meta({ description: "As the header Last-Event-ID, where none can be set." }),
    }),
    async handle({ query }, call) {
      const position = call.request.headers.get("last-event-id") || query.since || null;
      const bytes = await openEventStream({
        hub: call.events,
        position,
        sees: await seesOf(call),
        recheck: () => recheck(call),
        signal: call.signal,
      });
      return stream(bytes, "text/event-stream; charset=utf-8", {
        // A proxy that collects the answer, or packs it, would hold it back.
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
      });
    },
  }),
];

/** What is in no virtual host is for everybody who may look. */
async function seesOf({ administration, actor }: Pick<Call, "administration" | "actor">): Promise<Sees> {
  const isVisible = await administration.visibleVhosts(actor);
  return (vhost) => vhost === null || isVisible(vhost);
}

/** What a client may see that was let in before; null when its session has ended or its rights were taken. */
async function recheck({ authenticator, administration, request }: Call): Promise<Sees | null> {
  try {
    const { user, actor } = await authenticator.authenticate(request);
    return user !== null && mayAccess(user.tags, "look") ? seesOf({ administration, actor }) : null;
  } catch (error) {
    if (error instanceof BrokerError && error.code === "unauthenticated") return null;
    throw error;
  }
}
