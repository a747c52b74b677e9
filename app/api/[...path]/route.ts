import { hostname } from "node:os";
import { Authenticator } from "@/lib/auth/authenticator";
import { openConsoleDatabase, openPulse } from "@/lib/auth/console-database";
import { LoginTally } from "@/lib/auth/login-tally";
import { composeBroker } from "@/lib/compose";
import type { Services } from "@/lib/http/endpoint";
import { endpoints } from "@/lib/http/endpoints/table";
import { EventHub } from "@/lib/http/events/hub";
import { answerInTime } from "@/lib/http/patience";
import { createRouter, type Router } from "@/lib/http/router";
import { oncePerProcess } from "@/lib/http/runtime";
import { readEnvironment } from "@/lib/platform/env";
import { errorMessage } from "@/lib/platform/failure";
import { WARREN_VERSION } from "@/lib/version";

export const runtime = "nodejs";
export const dynamic = "force-dynamic";

/** How long the database may take to answer the smallest question, in ms. */
const PULSE_MS = 6_000;

let router: Router | undefined;

/** Every path of the API: lib/http finds the endpoint itself, since names in paths may hold encoded slashes. */
function handle(request: Request): Promise<Response> {
  router ??= answerInTime(createRouter(endpoints, oncePerProcess("services", connect)), pulse().ask);
  return router(request);
}

function pulse(): ReturnType<typeof openPulse> {
  return oncePerProcess("pulse", () => {
    const made = openPulse(databaseUrl(), PULSE_MS);
    made.ask().catch(() => {});
    return made;
  });
}

function databaseUrl(): string {
  const url = process.env.DATABASE_URL;
  if (url === undefined) throw new Error("DATABASE_URL is not set: bin/web.ts sets it before it serves.");
  return url;
}

function connect(): Services {
  const url = databaseUrl();
  const { host, port, maxMessageBytes, notifyLocal } = readEnvironment();
  const logins = new LoginTally();
  const { broker, administration, presence, sample } = composeBroker({
    databaseUrl: url,
    node: { name: `web@${hostname()}:${process.pid}`, kind: "web", version: WARREN_VERSION },
    onError: (message, error) => console.error(`${message} ${errorMessage(error)}`),
    notifyLocal,
    logins: () => logins.counts,
  });
  presence.listens([{ protocol: "http", address: host, port, certificateUntil: null }]);
  const database = openConsoleDatabase(url);
  const authenticator = new Authenticator(database, administration, (outcome) => logins.note("http", outcome));
  const events = new EventHub(broker);
  return {
    broker,
    administration,
    database,
    authenticator,
    sample,
    events,
    limits: { messageBytes: maxMessageBytes },
  };
}

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
