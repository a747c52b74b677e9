import { Authenticator } from "@/lib/auth/authenticator";
import { type ConsoleDatabase, openConsoleDatabase } from "@/lib/auth/console-database";
import { hashPassword } from "@/lib/auth/password";
import { systemActor } from "@/lib/broker/actor";
import type { Administration } from "@/lib/broker/administration";
import type { Broker } from "@/lib/broker/broker";
import { endpoints } from "@/lib/http/endpoints/table";
import { EventHub } from "@/lib/http/events/hub";
import { createRouter, type Router } from "@/lib/http/router";
import { SampleControl } from "@/lib/sample/control";
import { createTestDatabase } from "@/test/support/database";

/** The largest message that the API under test takes, in bytes: small, so that the limit is quickly reached. */
export const MESSAGE_LIMIT = 1_048_576;

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined if it has none. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers as a client without types would
  readonly json: any;
}

export interface CallOptions {
  /** Sent as JSON; a string as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** `name:password`; null for none. */
  readonly as?: string | null;
  /** Where the request comes from. */
  readonly from?: string;
  readonly signal?: AbortSignal;
}

/** The HTTP API on a database of its own, called as a client would, but without a socket. */
export interface TestApi {
  readonly router: Router;
  readonly database: ConsoleDatabase;
  readonly databaseUrl: string;
  call(method: string, path: string, options?: CallOptions): Promise<Answer>;
  /** Makes a user who may do everything in the virtual host `/` that the tags allow. */
  addUser(name: string, password: string, tags: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export interface TestBroker {
  readonly broker: Broker;
  readonly administration: Administration;
  readonly sample: SampleControl;
  close(): Promise<void>;
}

/** Starts the API on a fresh database. Callers are guest from this machine unless they say otherwise. */
export async function startApi(
  connect: (url: string, database: ConsoleDatabase) => Promise<TestBroker> = async (_url, console) => noBroker(console),
): Promise<TestApi> {
  const { url, drop } = await createTestDatabase();
  const database = openConsoleDatabase(url);
  const { broker, administration, sample, close } = await connect(url, database);
  const authenticator = new Authenticator(database, administration);
  const router = createRouter(endpoints, {
    ...{ broker, administration, database, authenticator, sample, events: new EventHub(broker) },
    limits: { messageBytes: MESSAGE_LIMIT },
  });
  return {
    router,
    database,
    databaseUrl: url,
    call: (method, path, options) => call(router, method, path, options),
    async addUser(name, password, tags) {
      await database.user.create({ data: { name, passwordHash: await hashPassword(password), tags: [...tags] } });
      const everything = { configure: ".*", write: ".*", read: ".*" };
      await administration.putPermission(systemActor, { user: name, vhost: "/", ...everything });
    },
    async close() {
      await close();
      await database.$disconnect();
      await drop();
    },
  };
}

async function call(router: Router, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
  const { body, as = "guest:guest", from = "127.0.0.1" } = options;
  const response = await router(
    new Request(`http://warren.test${path}`, {
      method,
      headers: {
        "x-warren-remote-address": from,
        ...(as !== null && { authorization: `Basic ${Buffer.from(as).toString("base64")}` }),
        ...options.headers,
      },
      ...(body !== undefined && { body: bodyOf(body) }),
      ...(options.signal && { signal: options.signal }),
    }),
  );
  const text = await response.text();
  const json = response.headers.get("content-type")?.includes("json") && text !== "" ? JSON.parse(text) : undefined;
  return { status: response.status, headers: response.headers, text, json };
}

function bodyOf(body: unknown): string | Uint8Array<ArrayBuffer> {
  return typeof body === "string" || body instanceof Uint8Array
    ? (body as string | Uint8Array<ArrayBuffer>)
    : JSON.stringify(body);
}

function none<T extends object>(but: Partial<T> = {}): T {
  return new Proxy(but as T, {
    get: (target, name) =>
      Reflect.get(target, name) ??
      (() => Promise.reject(new Error(`this test has no broker, but ${String(name)} was called`))),
  });
}

/** For tests of what needs no broker: everybody may see everything. */
function noBroker(database: ConsoleDatabase): TestBroker {
  const administration: Partial<Administration> = {
    createFirstUser: async ({ name, passwordHash, tags }) => {
      await database.user.createMany({ data: [{ name, passwordHash, tags: [...tags] }], skipDuplicates: true });
    },
    putPermission: async () => ({ created: true }),
    checkVisible: async () => {},
    visibleVhosts: async () => () => true,
  };
  return {
    broker: none<Broker>(),
    administration: none<Administration>(administration),
    sample: new SampleControl({ read: async () => null, write: async () => {} }),
    close: async () => {},
  };
}
