import type { PublishRequest, RoutePreview } from "@/lib/broker/requests";
import { checkRoutingKey } from "@/lib/broker/rules/names";
import { previewRoute } from "@/lib/broker/rules/route-preview";
import { routingKeys } from "@/lib/broker/rules/router";
import type { EngineContext } from "@/lib/engine/context";

/** What would become of a message. Throws `not-found`, `bad-request`, and `precondition-failed` for an invalid CC. */
export async function previewPublish(
  context: EngineContext,
  request: Omit<PublishRequest, "body">,
): Promise<RoutePreview> {
  checkRoutingKey(request.routingKey);
  const { headers } = request.properties;
  const keys = routingKeys(request.routingKey, headers);
  const { routing } = (await context.topology.fresh()).vhost(request.vhost);
  return previewRoute(routing, request.exchange, keys, headers);
}
