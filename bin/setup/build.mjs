import path from "node:path";
import { requireWritable, runStep } from "./run.mjs";
import { clearStamp, hashOf, hasStamp, writeStamp } from "./stamp.mjs";

/** Everything that the production build is made of. */
const SOURCES = [
  "app",
  "components",
  "lib",
  "public",
  "prisma/schema.prisma",
  "next.config.ts",
  "postcss.config.mjs",
  "tsconfig.json",
  "package-lock.json",
];

/** Builds the console (next build) when its sources have changed. */
export async function buildConsole(root) {
  const stamp = path.join(root, ".next/warren.stamp");
  const hash = hashOf(root, SOURCES);
  if (hasStamp(stamp, hash)) return;
  requireWritable(root);
  clearStamp(stamp);
  await runStep("Building the console (next build)", ["node_modules/next/dist/bin/next", "build"], {
    NODE_ENV: "production",
  });
  writeStamp(stamp, hash);
}
