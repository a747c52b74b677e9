import type { z } from "zod";
import type { Caller } from "@/lib/auth/authenticator";
import { mustAccess } from "@/lib/auth/permissions";
import { mustBeSameOrigin } from "@/lib/auth/same-origin";
import { BrokerError } from "@/lib/broker/errors";
import { writeAudit } from "@/lib/http/audit";
import { readJsonBody } from "@/lib/http/body";
import { type Call, type Endpoint, pathParameters, type Services } from "@/lib/http/endpoint";
import { asBrokerError, errorResponse, methodNotAllowed, outcomeOf } from "@/lib/http/errors";
import {
  compareSpecificity,
  decodeSegment,
  matchPath,
  type PathPattern,
  parsePattern,
  parseQuery,
  segments,
} from "@/lib/http/path";
import { type Reply, toResponse } from "@/lib/http/reply";
import { parseWith } from "@/lib/http/schemas";

/** Answers a request of the HTTP API. Never rejects. */
export type Router = (request: Request) => Promise<Response>;

interface Route {
  readonly pattern: PathPattern;
  readonly endpoints: Map<string, Endpoint>;
}

/**
 * Makes the API out of the table of endpoints. What every call has in common happens here, in this order: finding the
 * endpoint, login, permission, reading and checking of the input, the handler, the audit log, rendering.
 */
export function createRouter(endpoints: readonly Endpoint[], services: Services): Router {
  const routes = routesOf(endpoints);
  return async (request) => {
    const head = request.method === "HEAD";
    const response = await answer(request, head ? "GET" : request.method);
    return head ? new Response(null, response) : response;
  };

  async function answer(request: Request, method: string): Promise<Response> {
    const url = new URL(request.url);
    const found = find(routes, segments(url.pathname));
    // Scripts of the console name themselves: they show their own login, not the browser's.
    const challenge = !request.headers.has("x-requested-with");
    if (found === null) {
      const error = new BrokerError("not-found", `There is nothing at ${url.pathname.slice(0, 300)}.`);
      return errorResponse(error, { challenge, preconditionIs400: true });
    }
    const allowed = allowedMethods(found.route);
    if (method === "OPTIONS") return new Response(null, { status: 204, headers: { allow: allowed.join(", ") } });
    const endpoint = found.route.endpoints.get(method);
    if (endpoint === undefined) return methodNotAllowed(method, allowed);
    try {
      return await run(endpoint, found.parameters, url.search, request, services);
    } catch (error) {
      return errorResponse(error, { challenge, preconditionIs400: endpoint.manner === "rabbitmq" });
    }
  }
}

async function run(
  endpoint: Endpoint,
  parameters: Record<string, string>,
  search: string,
  request: Request,
  services: Services,
): Promise<Response> {
  const caller = await identify(endpoint, request, services);
  const facts: Record<string, unknown> = {};
  const call: Call = {
    ...services,
    actor: caller.actor,
    user: caller.user,
    request,
    signal: request.signal,
    note: (more) => void Object.assign(facts, more),
  };
  const path = parsePath(parameters);
  const record = (outcome: "done" | "refused" | "failed") => audit(endpoint, path, facts, call, outcome);
  let reply: Reply;
  try {
    await authorize(endpoint, path, caller, services);
    const input = await parseInput(endpoint, search, call);
    await mustSeeVhost(input.query, caller, services);
    reply = await endpoint.handle({ path, ...input }, call);
  } catch (error) {
    facts.error = asBrokerError(error).code;
    await record(outcomeOf(error));
    throw error;
  }
  await record("done");
  const response = toResponse(reply);
  if (caller.setCookie !== null) response.headers.append("set-cookie", caller.setCookie);
  return response;
}

/** The user's tags, what a token is good for, and whether the user may see the virtual host that the path names. */
async function authorize(
  endpoint: Endpoint,
  path: Record<string, unknown>,
  { user, actor, readOnly }: Caller,
  { administration }: Services,
): Promise<void> {
  if (user === null) return;
  mustAccess(user, endpoint.access);
  if (readOnly && changesSomething(endpoint)) {
    throw new BrokerError("access-refused", "This token may only read.");
  }
  if (typeof path.vhost === "string") await administration.checkVisible(actor, path.vhost);
}

/** Whether the user may see the virtual host that a query names. */
async function mustSeeVhost(query: unknown, { user, actor }: Caller, { administration }: Services): Promise<void> {
  const { vhost } = (query ?? {}) as { readonly vhost?: unknown };
  if (user !== null && typeof vhost === "string") await administration.checkVisible(actor, vhost);
}

/** RabbitMQ's aliveness test changes something with a GET. */
function changesSomething({ method, access }: Endpoint): boolean {
  return method !== "GET" || access === "change";
}

async function identify(endpoint: Endpoint, request: Request, services: Services): Promise<Caller> {
  const changes = changesSomething(endpoint);
  if (endpoint.access === "public") {
    if (changes) mustBeSameOrigin(request, false);
    return services.authenticator.anonymous(request);
  }
  const caller = await services.authenticator.authenticate(request);
  if (changes) mustBeSameOrigin(request, caller.actor.door === "console");
  return caller;
}

function parsePath(encoded: Record<string, string>): Record<string, unknown> {
  const path: Record<string, unknown> = {};
  for (const [name, segment] of Object.entries(encoded)) {
    const schema: z.ZodType = pathParameters[name as keyof typeof pathParameters];
    path[name] = parseWith(schema, decodeSegment(segment), `path's ${name}`);
  }
  return path;
}

async function parseInput(endpoint: Endpoint, search: string, call: Call): Promise<{ query: unknown; body: unknown }> {
  const query = parseWith(endpoint.query, parseQuery(search), "query");
  if (endpoint.body === null) return { query, body: undefined };
  // As base64, or with its quotes escaped, a message of the largest size takes more room than itself.
  const json = await readJsonBody(call.request, 2 * call.limits.messageBytes + 65_536);
  return { query, body: parseWith(endpoint.body, json === undefined ? {} : json, "body") };
}

async function audit(
  endpoint: Endpoint,
  path: Record<string, unknown>,
  facts: Record<string, unknown>,
  call: Call,
  outcome: "done" | "refused" | "failed",
): Promise<void> {
  if (endpoint.audit === null || (endpoint.auditDoor ?? call.actor.door) !== call.actor.door) return;
  const { vhost = null, ...rest } = path;
  const { target = Object.values(rest).join(" "), user = call.actor.user, ...detail } = facts;
  await writeAudit(call.database, {
    actor: { ...call.actor, user: String(user) },
    action: endpoint.audit,
    vhost: vhost === null ? null : String(vhost),
    target: String(target),
    detail,
    outcome,
  });
}

function routesOf(endpoints: readonly Endpoint[]): readonly Route[] {
  const byPath = new Map<string, Route>();
  for (const endpoint of endpoints) {
    const route = byPath.get(endpoint.path) ?? { pattern: parsePattern(endpoint.path), endpoints: new Map() };
    route.endpoints.set(endpoint.method, endpoint);
    byPath.set(endpoint.path, route);
  }
  return [...byPath.values()].sort((one, other) => compareSpecificity(one.pattern, other.pattern));
}

function find(
  routes: readonly Route[],
  path: readonly string[],
): { route: Route; parameters: Record<string, string> } | null {
  for (const route of routes) {
    const parameters = matchPath(route.pattern, path);
    if (parameters !== null) return { route, parameters };
  }
  return null;
}

function allowedMethods(route: Route): readonly string[] {
  const declared = [...route.endpoints.keys()];
  return [...(declared.includes("GET") ? ["HEAD"] : []), ...declared, "OPTIONS"];
}
