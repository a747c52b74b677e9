import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";

/** A first start on a slow machine makes a database and may have to build. */
const START_LIMIT = 300_000;

/**
 * Starts a whole Warren for the browser tests, as `npm start` does, on free ports and with a data directory of its
 * own, and stops it after them. With WARREN_E2E_URL (and WARREN_E2E_AMQP_PORT) set, the tests run against that
 * one instead.
 */
export default async function startWarren(): Promise<() => Promise<void>> {
  if (process.env.WARREN_E2E_URL !== undefined) return async () => {};
  const dataDirectory = mkdtempSync(path.join(tmpdir(), "warren-e2e-"));
  const [port, amqpPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, ["bin/bootstrap.mjs", "start"], {
    env: {
      ...environmentOfOurs(),
      PORT: String(port),
      AMQP_PORT: String(amqpPort),
      WARREN_DATA_DIR: dataDirectory,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  process.env.WARREN_E2E_URL = await readyAddress(child);
  process.env.WARREN_E2E_AMQP_PORT = String(amqpPort);
  return async () => {
    const ended = new Promise((resolve) => child.once("exit", resolve));
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGTERM");
      await ended;
    }
    rmSync(dataDirectory, { recursive: true, force: true });
  };
}

/** The environment without what would make this Warren another than a fresh one, or tie it to npm. */
function environmentOfOurs(): NodeJS.ProcessEnv {
  const { DATABASE_URL, HOST, WARREN_TRUST_PROXY, npm_lifecycle_event, ...rest } = process.env;
  return rest;
}

/** Waits for the line that says where Warren is; shows everything it printed when that doesn't come. */
function readyAddress(child: ChildProcess): Promise<string> {
  const printed: string[] = [];
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      child.kill("SIGTERM");
      reject(new Error(`Warren didn't start for the browser tests (${reason}):\n${printed.join("\n")}`));
    };
    const timer = setTimeout(() => fail("no answer in time"), START_LIMIT);
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        printed.push(line);
        if (process.env.WARREN_E2E_LOG !== undefined) console.log(line);
        const address = /^Warren is ready: (\S+)/.exec(line)?.[1];
        if (address === undefined) return;
        clearTimeout(timer);
        resolve(address);
      });
    }
    child.once("exit", (code) => fail(`code ${code}`));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => {
        if (typeof address === "object" && address !== null) resolve(address.port);
        else reject(new Error("no free port"));
      });
    });
  });
}
