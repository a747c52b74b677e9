import { type Endpoint, endpoint } from "@/lib/http/endpoint";
import { auditEndpoints } from "@/lib/http/endpoints/audit";
import { bindingEndpoints } from "@/lib/http/endpoints/bindings";
import { connectionEndpoints } from "@/lib/http/endpoints/connections";
import { deadLetterGroupEndpoints } from "@/lib/http/endpoints/dead-letter-groups";
import { deadLetterEndpoints } from "@/lib/http/endpoints/dead-letters";
import { definitionEndpoints } from "@/lib/http/endpoints/definitions";
import { editEndpoints } from "@/lib/http/endpoints/edits";
import { errorPolicyEndpoints } from "@/lib/http/endpoints/error-policies";
import { eventEndpoints } from "@/lib/http/endpoints/events";
import { exchangeEndpoints } from "@/lib/http/endpoints/exchanges";
import { featureEndpoints } from "@/lib/http/endpoints/features";
import { getEndpoints } from "@/lib/http/endpoints/get";
import { healthEndpoints } from "@/lib/http/endpoints/health";
import { healthCheckEndpoints } from "@/lib/http/endpoints/health-checks";
import { jobEndpoints } from "@/lib/http/endpoints/jobs";
import { leaseEndpoints } from "@/lib/http/endpoints/leases";
import { limitEndpoints } from "@/lib/http/endpoints/limits";
import { messageEndpoints } from "@/lib/http/endpoints/messages";
import { nodeEndpoints } from "@/lib/http/endpoints/nodes";
import { notificationEndpoints } from "@/lib/http/endpoints/notifications";
import { overviewEndpoints } from "@/lib/http/endpoints/overview";
import { permissionEndpoints } from "@/lib/http/endpoints/permissions";
import { policyEndpoints } from "@/lib/http/endpoints/policies";
import { publishEndpoints } from "@/lib/http/endpoints/publish";
import { queueEndpoints } from "@/lib/http/endpoints/queues";
import { reviewEndpoints } from "@/lib/http/endpoints/reviews";
import { sampleEndpoints } from "@/lib/http/endpoints/sample";
import { sessionEndpoints } from "@/lib/http/endpoints/session";
import { templateEndpoints } from "@/lib/http/endpoints/templates";
import { timelineEndpoints } from "@/lib/http/endpoints/timeline";
import { tokenEndpoints } from "@/lib/http/endpoints/tokens";
import { trashEndpoints } from "@/lib/http/endpoints/trash";
import { userEndpoints } from "@/lib/http/endpoints/users";
import { vhostEndpoints } from "@/lib/http/endpoints/vhosts";
import { viewEndpoints } from "@/lib/http/endpoints/views";
import { openApiDocument } from "@/lib/http/openapi";
import { ok } from "@/lib/http/reply";

const described: readonly Endpoint[] = [
  ...sessionEndpoints,
  ...overviewEndpoints,
  ...nodeEndpoints,
  ...healthEndpoints,
  ...healthCheckEndpoints,
  ...featureEndpoints,
  ...eventEndpoints,
  ...vhostEndpoints,
  ...exchangeEndpoints,
  ...publishEndpoints,
  ...queueEndpoints,
  ...getEndpoints,
  ...bindingEndpoints,
  ...connectionEndpoints,
  ...userEndpoints,
  ...permissionEndpoints,
  ...limitEndpoints,
  ...policyEndpoints,
  ...definitionEndpoints,
  ...messageEndpoints,
  ...leaseEndpoints,
  ...deadLetterEndpoints,
  ...deadLetterGroupEndpoints,
  ...errorPolicyEndpoints,
  ...reviewEndpoints,
  ...jobEndpoints,
  ...notificationEndpoints,
  ...timelineEndpoints,
  ...editEndpoints,
  ...trashEndpoints,
  ...tokenEndpoints,
  ...auditEndpoints,
  ...templateEndpoints,
  ...viewEndpoints,
  ...sampleEndpoints,
];

/** Every endpoint of the HTTP API. */
export const endpoints: readonly Endpoint[] = [
  ...described,
  endpoint({
    method: "GET",
    path: "/api/openapi.json",
    summary: "This API as an OpenAPI 3.1 document",
    access: "public",
    manner: "warren",
    handle: async () => ok(openApiDocument(described)),
  }),
];
