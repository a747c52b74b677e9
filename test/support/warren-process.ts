import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/** A start of Warren in a process of its own, as a person at a terminal does it. */
export interface WarrenProcess {
  readonly child: ChildProcess;
  /** Everything printed so far, line by line. */
  readonly lines: string[];
  /** Resolves with the exit code, or the signal's name. */
  readonly ended: Promise<number | string>;
  /** Resolves with the address when the line "Warren is ready" comes; rejects when the process ends before. */
  readonly ready: Promise<string>;
}

export interface StartOptions {
  readonly environment: Readonly<Record<string, string>>;
  /** Arguments of Node; by default the supervisor with a small web. */
  readonly args?: readonly string[];
}

const FIXTURE = ["--import", "tsx", "test/platform/fixtures/start.ts"];

/** Starts Warren with this environment and no other setting of ours. */
export function startProcess({ environment, args = FIXTURE }: StartOptions): WarrenProcess {
  const { DATABASE_URL, PORT, HOST, WARREN_DATA_DIR, npm_lifecycle_event, ...inherited } = process.env;
  const child = spawn(process.execPath, [...args], {
    env: { ...inherited, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  const ended = new Promise<number | string>((resolve) => {
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  });
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lines.push(line);
        const address = /^Warren is ready: (\S+)/.exec(line)?.[1];
        if (address !== undefined) resolve(address);
      });
    }
    void ended.then((how) => reject(new Error(`ended with ${how}:\n${lines.join("\n")}`)));
  });
  // Those who expect a failure look at `ended` only.
  ready.catch(() => {});
  return { child, lines, ended, ready };
}
