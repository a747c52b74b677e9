import { z } from "zod";
import { type Endpoint, pathParameters } from "@/lib/http/endpoint";
import { WARREN_VERSION } from "@/lib/version";

/** The OpenAPI 3.1 document of a table of endpoints, made from the schemas that validate. */
export function openApiDocument(endpoints: readonly Endpoint[]): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const endpoint of endpoints) {
    const operations = paths[endpoint.path] ?? {};
    operations[endpoint.method.toLowerCase()] = operation(endpoint);
    paths[endpoint.path] = operations;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Warren",
      version: WARREN_VERSION,
      description:
        "The HTTP API: RabbitMQ's management paths, and Warren's own in the same style. See docs/http-api.md.",
      license: { name: "MIT", identifier: "MIT" },
    },
    security: [{ basic: [] }, { session: [] }],
    paths,
    components: {
      securitySchemes: {
        basic: { type: "http", scheme: "basic" },
        session: { type: "apiKey", in: "cookie", name: "warren_session" },
      },
      schemas: { Error: errorSchema },
      responses: {
        Error: {
          description: "What was wrong, and what to do.",
          content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
        },
      },
    },
  };
}

const errorSchema = {
  type: "object",
  required: ["error", "reason", "code"],
  properties: {
    error: { type: "string", description: "RabbitMQ's word for it, e.g. bad_request." },
    reason: { type: "string", description: "One or two sentences for a person." },
    code: { type: "string", description: "The stable name of the error, e.g. precondition-failed." },
    detail: { description: "Facts for a program." },
  },
};

function operation(endpoint: Endpoint): object {
  const { method, body, access } = endpoint;
  const json = body === null ? null : { "application/json": { schema: jsonSchema(body) } };
  const success = method === "PUT" ? { 201: { description: "Created." }, 204: { description: "It was there." } } : {};
  return {
    operationId: operationId(endpoint),
    summary: endpoint.summary,
    tags: [endpoint.path.split("/")[2] ?? ""],
    "x-access": access,
    ...(access === "public" && { security: [] }),
    parameters: [...pathParametersOf(endpoint.path), ...queryParametersOf(endpoint.query)],
    ...(json && { requestBody: { content: json } }),
    responses: {
      ...success,
      "2XX": { description: "Done." },
      default: { $ref: "#/components/responses/Error" },
    },
  };
}

function operationId({ method, path }: Endpoint): string {
  return [method.toLowerCase(), ...path.split("/").slice(2)].join("_").replace(/[^\w]/g, "_").replace(/_+/g, "_");
}

function pathParametersOf(path: string): object[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => {
    const schema = jsonSchema(pathParameters[name as keyof typeof pathParameters]);
    return { name, in: "path", required: true, schema };
  });
}

function queryParametersOf(query: z.ZodType): object[] {
  const { properties = {}, required = [] } = jsonSchema(query) as {
    properties?: Record<string, { description?: string }>;
    required?: readonly string[];
  };
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: "query",
    required: required.includes(name),
    ...(description !== undefined && { description }),
    schema,
  }));
}

function jsonSchema(schema: z.ZodType): object {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ zodSchema, jsonSchema: json }) => {
      // Where a schema takes several forms and names one of them, that one is documented.
      if (json.type !== undefined) delete json.anyOf;
      const { def } = zodSchema._zod;
      if (def.type === "default" && isScalar(def.defaultValue)) json.default = def.defaultValue;
    },
  });
  return rest;
}

function isScalar(value: unknown): value is string | number | boolean {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}
