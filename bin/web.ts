import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import next from "next";
import { answerUndecodable } from "@/lib/http/undecodable";
import { existingDatabaseUrl } from "@/lib/platform/database-url";
import { readEnvironment } from "@/lib/platform/env";
import { errorCode, PlatformFailure } from "@/lib/platform/failure";
import { portSentence, requirePort } from "@/lib/platform/ports";
import { stampRemoteAddress } from "@/lib/platform/remote-address";
import { type RunningProcess, runProcess } from "@/lib/platform/run-process";

/** Longer than the idle time of usual load balancers (60 s), which must be the ones to close a connection. */
const KEEP_ALIVE = 65_000;

/** How long (milliseconds) answers under way may take to finish; streams never do. */
const DRAIN_LIMIT = 2_000;

/** Serves the console and the HTTP API. */
async function startWeb(): Promise<RunningProcess> {
  const { host, port, trustProxy, ...environment } = readEnvironment();
  const databaseUrl = existingDatabaseUrl({ host, port, trustProxy, ...environment });
  await requirePort(port, host, "PORT");
  // Route handlers find the database by this variable.
  process.env.DATABASE_URL = databaseUrl;

  const server = createServer({ keepAliveTimeout: KEEP_ALIVE });
  const app = next({ dev: process.env.NODE_ENV === "development", hostname: host, port, httpServer: server });
  await app.prepare();
  const handle = app.getRequestHandler();
  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    if (answerUndecodable(request, response)) return;
    stampRemoteAddress(request, trustProxy);
    void handle(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(new PlatformFailure(portSentence(errorCode(error), port, host, "PORT"))));
    server.listen(port, host, resolve);
  });

  return {
    ready: `Warren's web listens on http://${host.includes(":") ? `[${host}]` : host}:${port}`,
    stop: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), DRAIN_LIMIT);
      await closed;
      clearTimeout(timer);
      await app.close();
    },
  };
}

await runProcess(startWeb);
