import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";

/** Debian's place for the script itself; the one in the path insists on being root or the user rabbitmq. */
const script = "/usr/lib/rabbitmq/bin/rabbitmq-server";
/** On a machine with two cores that runs other tests meanwhile, a start has taken more than a minute. */
const startTimeoutMs = 180_000;
const attempts = 3;

export interface RabbitMqServer {
  readonly url: string;
  /** Where the management API is, if it was asked for. */
  readonly management: string;
  stop(): Promise<void>;
}

export interface RabbitMqOptions {
  /** Whether it may use all processors, as to be measured, or shall be sparing. */
  readonly asInProduction?: boolean;
  /** Whether it has its management API. */
  readonly management?: boolean;
}

/** It ended while it was starting. */
class EndedAtOnce extends Error {
  override readonly name = "EndedAtOnce";
}

/**
 * Whether there is a RabbitMQ to compare with. Where there is none, the comparison is left out and says so; under
 * CI=true that is an error, so that it can't be left out for good without anybody noticing.
 */
export function rabbitMqIsInstalled(): boolean {
  if (existsSync(script)) return true;
  const sentence = "RabbitMQ is not installed (Debian: apt-get install rabbitmq-server)";
  if (process.env.CI === "true") throw new Error(`${sentence}, and the conformance tests need it.`);
  process.stderr.write(`${sentence}: the conformance tests are left out.\n`);
  return false;
}

/**
 * Starts a RabbitMQ of its own on free ports, with all it writes in a temporary folder; anew on others when somebody
 * else took one of them first.
 */
export async function startRabbitMq(options: RabbitMqOptions = {}): Promise<RabbitMqServer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOnce(options);
    } catch (error) {
      if (attempt === attempts || !(error instanceof EndedAtOnce)) throw error;
    }
  }
}

async function startOnce({ asInProduction = false, management = false }: RabbitMqOptions): Promise<RabbitMqServer> {
  const home = mkdtempSync(path.join(tmpdir(), "warren-rabbitmq-"));
  const [port, distPort, epmdPort, managementPort] = await freePorts(4);
  if (management) {
    writeFileSync(path.join(home, "plugins"), "[rabbitmq_management].");
    const settings = { "tcp.ip": "127.0.0.1", "tcp.port": managementPort };
    const lines = Object.entries(settings).map(([name, value]) => `management.${name} = ${value}\n`);
    writeFileSync(path.join(home, "rabbitmq.conf"), `${lines.join("")}collect_statistics_interval = 1000\n`);
  }
  const environment: Record<string, string | undefined> = {
    PATH: process.env.PATH,
    HOME: home,
    LANG: "C.UTF-8",
    RABBITMQ_NODENAME: `warren-test-${process.pid}-${port}@localhost`,
    RABBITMQ_NODE_IP_ADDRESS: "127.0.0.1",
    RABBITMQ_NODE_PORT: String(port),
    RABBITMQ_DIST_PORT: String(distPort),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: "127.0.0.1",
    RABBITMQ_MNESIA_BASE: path.join(home, "mnesia"),
    RABBITMQ_LOG_BASE: path.join(home, "log"),
    RABBITMQ_LOGS: path.join(home, "rabbit.log"),
    RABBITMQ_ENABLED_PLUGINS_FILE: path.join(home, "plugins"),
    RABBITMQ_CONFIG_FILE: path.join(home, "rabbitmq.conf"),
    ...(!asInProduction && { RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: "+S 1:1 +sbwt none" }),
  };
  const variables = environment as NodeJS.ProcessEnv;
  const child = spawn(script, [], { env: variables, stdio: "ignore", detached: true });
  // A run that is broken off leaves no server behind.
  const abandon = () => signal(child, "SIGKILL");
  process.once("exit", abandon);
  const stop = async () => {
    process.off("exit", abandon);
    await end(child, home, variables);
  };
  try {
    await accepts(child, port as number, home);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    management: `http://127.0.0.1:${managementPort}`,
    stop,
  };
}

async function accepts(child: ChildProcess, port: number, home: string): Promise<void> {
  const deadline = Date.now() + startTimeoutMs;
  while (Date.now() < deadline && child.exitCode === null) {
    if (readsFrom(path.join(home, "rabbit.log")).includes("Server startup complete") && (await canConnect(port)))
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const text = `RabbitMQ did not start.\n${readsFrom(path.join(home, "rabbit.log")).slice(-2_000)}`;
  throw child.exitCode === null ? new Error(text) : new EndedAtOnce(text);
}

/** Ends the server and the port mapper that it started on a port of its own. */
async function end(child: ChildProcess, home: string, environment: NodeJS.ProcessEnv): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const exited = new Promise((resolve) => child.once("exit", resolve));
    signal(child, "SIGTERM");
    const patience = setTimeout(() => signal(child, "SIGKILL"), 15_000);
    await exited;
    clearTimeout(patience);
  }
  // It refuses for as long as it holds the server for alive.
  for (let attempt = 0; attempt < 50 && !endsPortMapper(environment); attempt++) {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

/** The script, and the Erlang machine that it runs, are a process group. */
function signal(child: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  } catch {
    // It has ended meanwhile.
  }
}

function endsPortMapper(environment: NodeJS.ProcessEnv): boolean {
  return (
    spawnSync("epmd", ["-kill"], { env: environment, encoding: "utf8" }).stdout?.includes("living nodes") === false
  );
}

function readsFrom(file: string): string {
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

/** Ports that were free a moment ago, all different. */
async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const ports = await Promise.all(
    servers.map(
      (server) =>
        new Promise<number>((resolve, reject) => {
          server.once("error", reject);
          server.listen(0, "127.0.0.1", () => {
            const address = server.address();
            if (address === null || typeof address === "string") reject(new Error("no port"));
            else resolve(address.port);
          });
        }),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
