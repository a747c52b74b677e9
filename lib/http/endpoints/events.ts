import { z } from "zod";
import { mayAccess } from "@/lib/auth/permissions";
import { BrokerError } from "@/lib/broker/errors";
import { type Call, endpoint } from "@/lib/http/endpoint";
import { openEventStream } from "@/lib/http/events/stream";
import type { Sight } from "@/lib/http/events/subscription";
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
        sight: await sightOf(call),
        recheck: () => recheck(call),
        signal: call.signal,
      });
      return stream(bytes, "text/event-stream; charset=utf-8", {
        // Without no-transform, so that Next packs it, piece by piece, for clients that take gzip.
        "cache-control": "no-cache",
        // A proxy that collects the answer would hold it back.
        "x-accel-buffering": "no",
      });
    },
  }),
];

/** What is in no virtual host is for everybody who may look. */
async function sightOf({ administration, actor }: Pick<Call, "administration" | "actor">): Promise<Sight> {
  const isVisible = await administration.visibleVhosts(actor);
  return { whole: mayAccess(actor.tags, "monitor"), vhost: (name) => name === null || isVisible(name) };
}

/** What a client may see that was let in before; null when its session has ended or its rights were taken. */
async function recheck({ authenticator, administration, request }: Call): Promise<Sight | null> {
  try {
    const { user, actor } = await authenticator.authenticate(request);
    return user !== null && mayAccess(user.tags, "look") ? sightOf({ administration, actor }) : null;
  } catch (error) {
    if (error instanceof BrokerError && error.code === "unauthenticated") return null;
    throw error;
  }
}
