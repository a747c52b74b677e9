import { hostname } from "node:os";
import { composeBroker } from "@/lib/compose";
import { requireDatabase, waitForDatabase } from "@/lib/platform/database-check";
import { existingDatabaseUrl } from "@/lib/platform/database-url";
import { readEnvironment } from "@/lib/platform/env";
import { errorMessage } from "@/lib/platform/failure";
import { type RunningProcess, runProcess } from "@/lib/platform/run-process";
import { WARREN_VERSION } from "@/lib/version";

/** Runs the engine's background duties, and later the AMQP door. */
async function startBroker(): Promise<RunningProcess> {
  const databaseUrl = existingDatabaseUrl(readEnvironment());
  // Alone it says what is wrong with the database; under a supervisor, which has checked that, it waits for it.
  if (process.send === undefined) await requireDatabase(databaseUrl);
  else await waitForDatabase(databaseUrl, (line) => console.log(line));
  const broker = composeBroker({
    databaseUrl,
    node: { name: `broker@${hostname()}:${process.pid}`, kind: "broker", version: WARREN_VERSION },
    onError: (message, error) => console.error(`${message} ${errorMessage(error)}`),
  });
  return { ready: "Warren's broker runs.", stop: () => broker.close() };
}

await runProcess(startBroker);
