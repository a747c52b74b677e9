import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { freePort } from "@/lib/platform/ports";

/** A first start makes a database, and may have to build, in ms. */
const startLimit = 300_000;

export interface RunningConsole {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Starts a whole Warren as `npm start` does, on free ports and with a data directory of its own. */
export async function startConsole(): Promise<RunningConsole> {
  const home = mkdtempSync(path.join(tmpdir(), "warren-bench-"));
  const { DATABASE_URL, HOST, npm_lifecycle_event, ...environment } = process.env;
  const child = spawn(process.execPath, ["bin/bootstrap.mjs", "start"], {
    env: {
      ...environment,
      NODE_ENV: "production",
      PORT: String(await freePort()),
      AMQP_PORT: String(await freePort()),
      WARREN_DATA_DIR: home,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const stop = async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(home, { recursive: true, force: true });
  };
  try {
    return { origin: await address(child), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function address(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error("Warren did not start in time")), startLimit);
    child.once("exit", (code) => reject(new Error(`Warren ended with ${code}`)));
    if (child.stdout === null) return;
    createInterface({ input: child.stdout }).on("line", (line) => {
      const found = /^Warren is ready: (\S+)/.exec(line)?.[1];
      if (found === undefined) return;
      clearTimeout(timer);
      resolve(found);
    });
  });
}
