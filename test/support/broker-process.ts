import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A broker in a process of its own, as `npm run broker` starts it. */
export interface BrokerProcess {
  readonly child: ChildProcess;
  /** What it printed, line by line. */
  readonly lines: readonly string[];
  /** Resolves when AMQP clients can connect; rejects when the process ends before. */
  readonly ready: Promise<void>;
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
}

/** Starts one. Whoever starts it ends it. */
export function startBrokerProcess(
  databaseUrl: string,
  amqpPort: number,
  environment: Readonly<Record<string, string>> = {},
): BrokerProcess {
  const child = spawn(process.execPath, ["--import", "tsx", "bin/broker.ts"], {
    env: { ...process.env, DATABASE_URL: databaseUrl, HOST: "127.0.0.1", AMQP_PORT: String(amqpPort), ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const ended = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const ready = new Promise<void>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        if (line !== "") lines.push(line);
        if (line.includes("broker listens")) resolve();
      });
    }
    void ended.then((how) => reject(new Error(`ended with ${how}:\n${lines.join("\n")}`)));
  });
  ready.catch(() => {});
  return { child, lines, ready, ended };
}
