import type { Environment } from "@/lib/platform/env";
import { PlatformFailure } from "@/lib/platform/failure";
import { localUrl } from "@/lib/platform/postgres/address";
import { clusterPassword, existingHome } from "@/lib/platform/postgres/home";
import { readPostmaster, runsOn } from "@/lib/platform/postgres/postmaster";
import { DATABASE, ROLE } from "@/lib/platform/postgres/server";

/**
 * The database for a process that is started alone: DATABASE_URL, or the embedded Postgres that runs on the data
 * directory already.
 * @throws PlatformFailure when there is neither
 */
export function existingDatabaseUrl(environment: Environment): string {
  if (environment.databaseUrl !== undefined) return environment.databaseUrl;
  const home = existingHome(environment.dataDirectory);
  const postmaster = home === null ? null : readPostmaster(home.cluster);
  if (home !== null && postmaster !== null && runsOn(postmaster.pid, home.cluster)) {
    return localUrl(ROLE, clusterPassword(home), postmaster, DATABASE);
  }
  throw new PlatformFailure(
    "there is no database: set DATABASE_URL, or start the embedded Postgres with `npm run postgres`, or everything with `npm start`.",
  );
}
