import { hostname } from "node:os";
import { composeBroker } from "@/lib/compose";
import { waitForDatabase } from "@/lib/platform/database-check";
import { existingDatabaseUrl } from "@/lib/platform/database-url";
import { readEnvironment } from "@/lib/platform/env";
import { runProcess } from "@/lib/platform/run-process";
import { WARREN_VERSION } from "@/lib/version";

/** Does the background duties: expiry, returned leases, statistics, retention, and the sample workload. */
await runProcess(async () => {
  const databaseUrl = existingDatabaseUrl(readEnvironment());
  await waitForDatabase(databaseUrl, (line) => console.log(line));
  const { close } = composeBroker({
    databaseUrl,
    node: { name: `broker@${hostname()}:${process.pid}`, kind: "broker", version: WARREN_VERSION },
    onError: (message, error) => console.error(message, error),
  });
  return { ready: "Warren's broker runs", stop: close };
});
