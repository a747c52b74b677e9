import { waitForDatabase } from "@/lib/platform/database-check";
import { existingDatabaseUrl } from "@/lib/platform/database-url";
import { readEnvironment } from "@/lib/platform/env";
import { runProcess } from "@/lib/platform/run-process";

await runProcess(async () => {
  const url = existingDatabaseUrl(readEnvironment());
  await waitForDatabase(url, (line) => console.log(line));
  const idle = setInterval(() => {}, 60_000);
  return { ready: "Warren's broker runs", stop: async () => clearInterval(idle) };
});
