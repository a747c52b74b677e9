import { readEnvironment } from "@/lib/platform/env";
import { migrate } from "@/lib/platform/migrate";
import { startEmbeddedPostgres } from "@/lib/platform/postgres/server";
import { runProcess } from "@/lib/platform/run-process";

/** Runs the embedded Postgres alone, for a web and a broker that are started alone beside it. */
await runProcess(async () => {
  const server = await startEmbeddedPostgres({
    dataDirectory: readEnvironment().dataDirectory,
    purpose: "production",
    say: (line) => console.log(line),
  });
  await migrate(server.url);
  let stopping = false;
  void server.ended.then((how) => {
    if (stopping) return;
    console.error(`Postgres ended unexpectedly (${how}).`);
    process.exit(1);
  });
  return {
    ready: `Warren's Postgres listens on 127.0.0.1:${server.port}`,
    stop: () => {
      stopping = true;
      return server.stop();
    },
  };
});
