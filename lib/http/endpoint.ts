import { z } from "zod";
import type { Authenticator } from "@/lib/auth/authenticator";
import type { ConsoleDatabase } from "@/lib/auth/console-database";
import type { Access } from "@/lib/auth/permissions";
import type { KnownUser } from "@/lib/auth/users";
import type { Actor } from "@/lib/broker/actor";
import type { Administration } from "@/lib/broker/administration";
import type { Broker } from "@/lib/broker/broker";
import type { EventHub } from "@/lib/http/events/hub";
import type { PathNames } from "@/lib/http/path";
import type { Reply } from "@/lib/http/reply";
import { exchangeName, integer, messageId, shortText } from "@/lib/http/schemas";
import type { SampleControl } from "@/lib/sample/control";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

/** What may stand in a path, by the name of the parameter. */
export const pathParameters = {
  vhost: shortText,
  name: shortText,
  user: shortText,
  limit: shortText,
  component: shortText,
  token: z.guid(),
  queue: shortText,
  exchange: exchangeName,
  /** `q` or `e`: what a binding leads to. */
  kind: z.enum(["q", "e"]).transform((kind) => (kind === "q" ? ("queue" as const) : ("exchange" as const))),
  destination: shortText,
  /** RabbitMQ's `properties_key`, encoded once more, since it is an encoded text itself. */
  props: z.string(),
  id: messageId,
  receipt: z.string().max(1000),
  batch: z.guid(),
  notice: z.guid(),
  template: z.guid(),
  view: z.guid(),
  group: z.guid(),
  job: z.guid(),
  port: integer(1, 65535),
  within: shortText,
  unit: shortText,
} as const;

type PathInput<Pattern extends string> = {
  readonly [N in PathNames<Pattern>]: N extends keyof typeof pathParameters
    ? z.output<(typeof pathParameters)[N]>
    : never;
};

/** What the handlers work with. */
export interface Services {
  readonly broker: Broker;
  readonly administration: Administration;
  readonly database: ConsoleDatabase;
  readonly authenticator: Authenticator;
  readonly sample: SampleControl;
  /** Tells live pages of this process what changes. */
  readonly events: EventHub;
  readonly limits: {
    /** Largest body of a message, in bytes. */
    readonly messageBytes: number;
  };
}

/** One request under way. */
export interface Call extends Services {
  readonly actor: Actor;
  /** Null where no login is needed. */
  readonly user: KnownUser | null;
  readonly request: Request;
  /** Fires when the caller has gone. */
  readonly signal: AbortSignal;
  /** Facts for the audit log, such as counts; never bodies or secrets. */
  note(facts: Readonly<Record<string, unknown>>): void;
}

interface Definition<Pattern extends string, Query extends z.ZodType, Body extends z.ZodType> {
  readonly method: Method;
  readonly path: Pattern;
  /** One line for the documentation. */
  readonly summary: string;
  readonly access: Access;
  /** Whose manner the path follows. RabbitMQ ignores unknown fields, and answers 400 where Warren answers 412. */
  readonly manner: "rabbitmq" | "warren";
  readonly query?: Query;
  readonly body?: Body;
  /** Noun and verb for the audit log, of calls that change something. */
  readonly audit?: string;
  /** Recorded only for people at the console: what programs do so is traffic. */
  readonly auditDoor?: "console";
  handle(
    input: { readonly path: PathInput<Pattern>; readonly query: z.output<Query>; readonly body: z.output<Body> },
    call: Call,
  ): Promise<Reply>;
}

/** A row of the table of endpoints, with the types of its input forgotten. */
export interface Endpoint {
  readonly method: Method;
  readonly path: string;
  readonly summary: string;
  readonly access: Access;
  readonly manner: "rabbitmq" | "warren";
  readonly query: z.ZodType;
  readonly body: z.ZodType | null;
  readonly audit: string | null;
  readonly auditDoor: "console" | null;
  readonly handle: (
    input: { readonly path: Readonly<Record<string, unknown>>; readonly query: unknown; readonly body: unknown },
    call: Call,
  ) => Promise<Reply>;
}

/** Makes a row of the table. The types of `handle`'s input follow from the path and the schemas. */
export function endpoint<
  const Pattern extends string,
  Query extends z.ZodType = z.ZodObject<Record<never, never>>,
  Body extends z.ZodType = z.ZodUndefined,
>(definition: Definition<Pattern, Query, Body>): Endpoint {
  const { query, body, audit, auditDoor, handle, ...rest } = definition;
  return {
    ...rest,
    query: query ?? (rest.manner === "warren" ? z.strictObject({}) : z.object({})),
    body: body ?? null,
    audit: audit ?? null,
    auditDoor: auditDoor ?? null,
    // The router parses with this row's own schemas before it calls.
    handle: handle as unknown as Endpoint["handle"],
  };
}
