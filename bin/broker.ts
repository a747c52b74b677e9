import { hostname } from "node:os";
import { authenticateBy } from "@/lib/amqp/authenticate";
import { AmqpServer } from "@/lib/amqp/server";
import { Authenticator } from "@/lib/auth/authenticator";
import { openConsoleDatabase } from "@/lib/auth/console-database";
import { composeBroker } from "@/lib/compose";
import { requireDatabase, waitForDatabase } from "@/lib/platform/database-check";
import { existingDatabaseUrl } from "@/lib/platform/database-url";
import { readEnvironment } from "@/lib/platform/env";
import { errorCode, errorMessage, PlatformFailure } from "@/lib/platform/failure";
import { portSentence, requirePort } from "@/lib/platform/ports";
import { type RunningProcess, runProcess } from "@/lib/platform/run-process";
import { WARREN_VERSION } from "@/lib/version";

/** Runs the engine's background duties and the AMQP door. */
async function startBroker(): Promise<RunningProcess> {
  const environment = readEnvironment();
  const { host, amqpPort, maxMessageBytes } = environment;
  const databaseUrl = existingDatabaseUrl(environment);
  await requirePort(amqpPort, host, "AMQP_PORT");
  // Alone it says what is wrong with the database; under a supervisor, which has checked that, it waits for it.
  if (process.send === undefined) await requireDatabase(databaseUrl);
  else await waitForDatabase(databaseUrl, (line) => console.log(line));
  const onError = (message: string, error: unknown) => console.error(`${message} ${errorMessage(error)}`);
  const { broker, presence, close } = composeBroker({
    databaseUrl,
    node: { name: `broker@${hostname()}:${process.pid}`, kind: "broker", version: WARREN_VERSION },
    onError,
  });
  const users = openConsoleDatabase(databaseUrl);
  const authenticate = authenticateBy(new Authenticator(users));
  const amqp = new AmqpServer({
    broker,
    authenticate,
    log: { error: onError },
    presence,
    settings: { maxMessageSize: maxMessageBytes },
  });
  try {
    await amqp.listen(amqpPort, host);
  } catch (error) {
    throw new PlatformFailure(portSentence(errorCode(error), amqpPort, host, "AMQP_PORT"));
  }
  return {
    ready: `Warren's broker listens on amqp://${host.includes(":") ? `[${host}]` : host}:${amqpPort}`,
    stop: async () => {
      // Clients first: what they hold goes back through the engine.
      await amqp.close();
      await close();
      await users.$disconnect();
    },
  };
}

await runProcess(startBroker);
