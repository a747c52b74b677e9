import path from "node:path";
import { startChild } from "@/lib/platform/child-process";
import { requireDatabase } from "@/lib/platform/database-check";
import type { Environment } from "@/lib/platform/env";
import { PlatformFailure } from "@/lib/platform/failure";
import { type Kept, keepRunning } from "@/lib/platform/keep-running";
import { migrate } from "@/lib/platform/migrate";
import { requirePort } from "@/lib/platform/ports";
import { startEmbeddedPostgres } from "@/lib/platform/postgres/server";
import { readTlsFiles } from "@/lib/platform/tls-files";

export interface Warren {
  /** The address of the console and of the HTTP API. */
  readonly url: string;
  /** The address for AMQP clients. */
  readonly amqpUrl: string;
  /** Stops web, broker and Postgres, in this order. */
  stop(): Promise<void>;
}

export interface Program {
  readonly name: string;
  /** Absolute path of a TypeScript file. */
  readonly file: string;
  /** The setting of the port that it listens on. */
  readonly listensOn: "PORT" | "AMQP_PORT";
}

export interface WarrenOptions {
  readonly environment: Environment;
  /** Serve the console from its sources, with reloading. */
  readonly development: boolean;
  /** The programs to run beside Postgres, in order of starting; by default Warren's own broker and web. */
  readonly programs?: readonly Program[];
  readonly say: (line: string) => void;
}

const PROGRAMS: readonly Program[] = [
  { name: "broker", file: path.resolve("bin/broker.ts"), listensOn: "AMQP_PORT" },
  { name: "web", file: path.resolve("bin/web.ts"), listensOn: "PORT" },
];

/**
 * Starts all of Warren: the embedded Postgres unless DATABASE_URL names another, the migrations, the broker, and the
 * web. Each is kept running; the end of one isn't the end of the others.
 * @throws PlatformFailure when something can't start; what had started by then is stopped again
 */
export async function startWarren(options: WarrenOptions): Promise<Warren> {
  const started: Kept[] = [];
  const stop = async () => {
    for (const part of started.splice(0).reverse()) await part.stop();
  };
  try {
    await startParts(options, started);
    const { host, port, amqpPort } = options.environment;
    const shown = printableHost(host);
    return { url: `http://${shown}:${port}`, amqpUrl: `amqp://${shown}:${amqpPort}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(options: WarrenOptions, started: Kept[]): Promise<void> {
  const { environment, development, say, programs = PROGRAMS } = options;
  if (environment.port === environment.amqpPort) {
    throw new PlatformFailure(
      `PORT and AMQP_PORT are both ${environment.port}: choose two ports, such as PORT=3000 and AMQP_PORT=5672.`,
    );
  }
  if (environment.amqps !== undefined) {
    const { port, files } = environment.amqps;
    if (port === environment.port || port === environment.amqpPort) {
      throw new PlatformFailure(`AMQPS_PORT is ${port}, as another port of Warren's: choose another, such as 5671.`);
    }
    readTlsFiles(files);
    await requirePort(port, environment.host, "AMQPS_PORT");
  }
  for (const { listensOn } of programs) {
    const port = listensOn === "PORT" ? environment.port : environment.amqpPort;
    await requirePort(port, environment.host, listensOn);
  }
  const database = await startDatabase(options, started, () => {
    // The embedded Postgres came back on another port: who uses it must learn that.
    for (const part of started.slice(1)) void part.restart();
  });
  const applied = await migrate(database.url());
  if (applied.length > 0) say(`Prepared the database (${applied.length} migration${applied.length === 1 ? "" : "s"}).`);

  for (const { name, file } of programs) {
    const start = () =>
      startChild({
        name,
        program: file,
        environment: childEnvironment(environment, database.url(), development),
        say: (line) => say(`${name.padEnd(6)} | ${line}`),
      });
    started.push(await keepRunning({ name, start, say }));
  }
}

async function startDatabase(
  options: WarrenOptions,
  started: Kept[],
  moved: () => void,
): Promise<{ url: () => string }> {
  const { environment, say } = options;
  const given = environment.databaseUrl;
  if (given !== undefined) {
    await requireDatabase(given);
    return { url: () => given };
  }
  let current = "";
  const kept = await keepRunning({
    name: "postgres",
    start: () => startEmbeddedPostgres({ dataDirectory: environment.dataDirectory, purpose: "production", say }),
    started: (server) => {
      const before = current;
      current = server.url;
      if (before === "") return;
      say("Postgres runs again.");
      if (before !== current) moved();
    },
    say,
  });
  started.push(kept);
  return { url: () => current };
}

function childEnvironment(environment: Environment, databaseUrl: string, development: boolean): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_ENV: development ? "development" : "production",
    HOST: environment.host,
    PORT: String(environment.port),
    AMQP_PORT: String(environment.amqpPort),
    DATABASE_URL: databaseUrl,
    WARREN_DATA_DIR: environment.dataDirectory,
    NEXT_TELEMETRY_DISABLED: "1",
  };
}

/** The host as a browser on this machine can use it: an address that means "all" becomes loopback. */
function printableHost(host: string): string {
  if (host === "0.0.0.0" || host === "::") return "127.0.0.1";
  return host.includes(":") ? `[${host}]` : host;
}
