import type { Endpoint } from "@/lib/http/endpoint";
import { bindingEndpoints } from "@/lib/http/endpoints/bindings";
import { connectionEndpoints } from "@/lib/http/endpoints/connections";
import { exchangeEndpoints } from "@/lib/http/endpoints/exchanges";
import { healthEndpoints } from "@/lib/http/endpoints/health";
import { overviewEndpoints } from "@/lib/http/endpoints/overview";
import { publishEndpoints } from "@/lib/http/endpoints/publish";
import { queueEndpoints } from "@/lib/http/endpoints/queues";
import { sessionEndpoints } from "@/lib/http/endpoints/session";
import { vhostEndpoints } from "@/lib/http/endpoints/vhosts";

/** Every endpoint of the HTTP API. */
export const endpoints: readonly Endpoint[] = [
  ...sessionEndpoints,
  ...overviewEndpoints,
  ...healthEndpoints,
  ...vhostEndpoints,
  ...exchangeEndpoints,
  ...publishEndpoints,
  ...queueEndpoints,
  ...bindingEndpoints,
  ...connectionEndpoints,
];
