import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { PlatformFailure } from "@/lib/platform/failure";
import type { Running } from "@/lib/platform/keep-running";

/** What a process of Warren's tells its supervisor: that it does its work, or why it can't. */
export type ChildReport =
  | { readonly kind: "ready"; readonly message: string }
  | { readonly kind: "failure"; readonly message: string };

export interface ChildOptions {
  readonly name: string;
  /** Path of the program, run by Node with tsx. */
  readonly program: string;
  readonly environment: NodeJS.ProcessEnv;
  /** Prints one line of the child's output. */
  readonly say: (line: string) => void;
}

/**
 * For the garbage collector, in MiB. Bodies that pass through live for a moment: with a larger young generation, fewer of
 * them are ever copied. And they lie outside the heap, but count as if they were in it: by default some 20 MiB of them,
 * which is a few hundred large messages, have all of the heap marked.
 */
export const nodeOptions: readonly string[] = ["--max-semi-space-size=64", "--initial-old-space-size=128"];

/** A child that doesn't stop within this time (milliseconds) is killed. */
const STOP_LIMIT = 20_000;

/**
 * Starts a process of Warren's and waits until it reports that it is ready. It ends when its supervisor does, however
 * that ends: see runProcess.
 * @throws PlatformFailure with the reason the child gave, or when it ended before it was ready
 */
export async function startChild(options: ChildOptions): Promise<Running> {
  const child = spawn(process.execPath, [...nodeOptions, "--import", "tsx", options.program], {
    env: options.environment,
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  const ended = new Promise<string>((resolve) => {
    child.once("exit", (code, signal) => resolve(signal === null ? `code ${code}` : `signal ${signal}`));
    child.once("error", (error) => resolve(error.message));
  });
  relay(child.stdout, options.say);
  relay(child.stderr, options.say);
  await readiness(child, ended, options.name);
  return { ended, stop: () => stopChild(child, ended) };
}

function readiness(child: ChildProcess, ended: Promise<string>, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on("message", (report: ChildReport) => {
      if (report.kind === "ready") resolve();
      else reject(new PlatformFailure(report.message));
    });
    void ended.then((how) => reject(new PlatformFailure(`${name} ended while it was starting (${how}).`)));
  });
}

async function stopChild(child: ChildProcess, ended: Promise<string>): Promise<void> {
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_LIMIT);
  await ended;
  clearTimeout(timer);
}

function relay(stream: Readable | null, say: (line: string) => void): void {
  if (stream === null) return;
  createInterface({ input: stream }).on("line", (line) => {
    if (line.trim() !== "") say(line);
  });
}
