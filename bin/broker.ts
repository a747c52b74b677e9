import { hostname } from "node:os";
import { authenticateBy, identifyBy } from "@/lib/amqp/authenticate";
import { AmqpServer } from "@/lib/amqp/server";
import { Authenticator } from "@/lib/auth/authenticator";
import { openConsoleDatabase } from "@/lib/auth/console-database";
import { LoginTally } from "@/lib/auth/login-tally";
import { composeBroker } from "@/lib/compose";
import { writeAudit } from "@/lib/http/audit";
import { requireDatabase, waitForDatabase } from "@/lib/platform/database-check";
import { existingDatabaseUrl } from "@/lib/platform/database-url";
import { readEnvironment } from "@/lib/platform/env";
import { errorCode, errorMessage, PlatformFailure } from "@/lib/platform/failure";
import { portSentence, requirePort } from "@/lib/platform/ports";
import { type RunningProcess, runProcess } from "@/lib/platform/run-process";
import { lastDayOf, readTlsFiles, watchTlsFiles } from "@/lib/platform/tls-files";
import type { AmqpAddress } from "@/lib/sample/client";
import { WARREN_VERSION } from "@/lib/version";

/** Runs the engine's background duties and the AMQP door. */
async function startBroker(): Promise<RunningProcess> {
  const environment = readEnvironment();
  const { host, amqpPort, amqps, maxMessageBytes, acknowledgementTimeoutMs, notifyLocal, storeFirst } = environment;
  const databaseUrl = existingDatabaseUrl(environment);
  await requirePort(amqpPort, host, "AMQP_PORT");
  if (amqps !== undefined) await requirePort(amqps.port, host, "AMQPS_PORT");
  const identity = amqps && readTlsFiles(amqps.files);
  // Alone it says what is wrong with the database; under a supervisor, which has checked that, it waits for it.
  if (process.send === undefined) await requireDatabase(databaseUrl);
  else await waitForDatabase(databaseUrl, (line) => console.log(line));
  const onError = (message: string, error: unknown) => console.error(`${message} ${errorMessage(error)}`);
  const logins = new LoginTally();
  let tellAddress: (address: AmqpAddress) => void = () => {};
  const address = new Promise<AmqpAddress>((resolve) => {
    tellAddress = resolve;
  });
  const { broker, administration, presence, doors, entered, endSample, close } = composeBroker({
    databaseUrl,
    node: { name: `broker@${hostname()}:${process.pid}`, kind: "broker", version: WARREN_VERSION },
    onError,
    amqp: address,
    notifyLocal,
    storeFirst,
    logins: () => logins.counts,
  });
  const users = openConsoleDatabase(databaseUrl);
  const authenticator = new Authenticator(users, administration, (outcome) => logins.note("amqp091", outcome));
  const amqp = new AmqpServer({
    broker,
    authenticate: authenticateBy(authenticator),
    identify: identifyBy(authenticator),
    ...(amqps && { loginFrom: amqps.loginFrom }),
    log: { error: onError },
    audit: (line) => void writeAudit(users, line),
    presence,
    cluster: doors,
    settings: { maxMessageSize: maxMessageBytes, acknowledgementTimeoutMs },
  });
  const listens = (certificate: Buffer | undefined) => {
    const certificateUntil = certificate === undefined ? null : lastDayOf(certificate);
    presence.listens([
      { protocol: "amqp", address: host, port: amqpPort, certificateUntil: null },
      ...(amqps ? [{ protocol: "amqp/ssl" as const, address: host, port: amqps.port, certificateUntil }] : []),
    ]);
  };
  await entered;
  await listen(amqpPort, "AMQP_PORT", host, (port) => amqp.listen(port, host));
  let unwatch = () => {};
  if (amqps && identity) {
    await listen(amqps.port, "AMQPS_PORT", host, (port) => amqp.listenTls(port, host, identity));
    unwatch = watchTlsFiles(
      amqps.files,
      (renewed) => {
        amqp.renewTls(renewed);
        listens(renewed.cert);
      },
      (error) => onError("The files of AMQPS changed and can't be used; the old ones stay in use.", error),
    );
  }
  listens(identity?.cert);
  tellAddress({ host: reachable(host), port: amqpPort });
  return {
    ready: `Warren's broker listens on amqp://${host.includes(":") ? `[${host}]` : host}:${amqpPort}`,
    stop: async () => {
      unwatch();
      await endSample();
      // Clients first: what they hold goes back through the engine.
      await amqp.close();
      await close();
      await users.$disconnect();
    },
  };
}

/** Where this machine reaches who listens on this address, which may be all there are. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}

async function listen(port: number, setting: string, host: string, open: (port: number) => Promise<number>) {
  try {
    await open(port);
  } catch (error) {
    throw new PlatformFailure(portSentence(errorCode(error), port, host, setting));
  }
}

await runProcess(startBroker);
