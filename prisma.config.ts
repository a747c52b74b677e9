import { defineConfig } from "prisma/config";

/**
 * For Prisma's own tool only. Its bookkeeping table goes to the schema that the URL names, and Warren's own runner
 * (lib/platform/migrate.ts) keeps it in `warren_console`.
 */
function consoleUrl(): string {
  const url = new URL(process.env.DATABASE_URL ?? "postgresql://localhost/warren");
  url.searchParams.set("schema", "warren_console");
  return url.toString();
}

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  datasource: { url: consoleUrl() },
});
