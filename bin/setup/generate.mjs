import path from "node:path";
import process from "node:process";
import { requireWritable, runStep } from "./run.mjs";
import { clearStamp, hashOf, hasStamp, writeStamp } from "./stamp.mjs";

/** Generates the Prisma client when the schema or Prisma has changed. */
export async function generateClient(root) {
  const stamp = path.join(root, "generated/prisma.stamp");
  const hash = hashOf(root, ["prisma/schema.prisma", "prisma.config.ts", "node_modules/prisma/package.json"]);
  if (hasStamp(stamp, hash)) return;
  requireWritable(root);
  clearStamp(stamp);
  await runStep(
    "Generating the database client (prisma generate)",
    ["node_modules/prisma/build/index.js", "generate"],
    {
      // Generating needs no schema engine, but the tool downloads one unless it is told of a program in its place.
      PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
      PRISMA_HIDE_UPDATE_MESSAGE: "1",
      CHECKPOINT_DISABLE: "1",
    },
  );
  writeStamp(stamp, hash);
}
