import { requireDatabase } from "@/lib/platform/database-check";
import { existingDatabaseUrl } from "@/lib/platform/database-url";
import { readEnvironment } from "@/lib/platform/env";
import { exitWith } from "@/lib/platform/failure";
import { migrate } from "@/lib/platform/migrate";

// Prepares a database for nodes that are started one by one; `npm start` does it by itself.
try {
  const url = existingDatabaseUrl(readEnvironment());
  await requireDatabase(url);
  const applied = await migrate(url);
  console.log(applied.length === 0 ? "The database is up to date." : `Applied ${applied.join(", ")}.`);
} catch (error) {
  exitWith(error);
}
