import path from "node:path";
import { defineConfig } from "vitest/config";

const root = import.meta.dirname;
const alias = { "@": root };

/** A busy machine takes its time; what is there ends the wait at once. */
const patient = { poll: { timeout: 30_000 } };

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        resolve: { alias },
        test: {
          name: "unit",
          include: ["lib/**/*.test.ts", "bench/**/*.test.ts", "components/**/*.test.ts", "components/**/*.test.tsx"],
          environment: "node",
          expect: patient,
          testTimeout: 120_000,
        },
      },
      {
        resolve: { alias },
        test: {
          name: "integration",
          include: ["test/**/*.test.ts"],
          environment: "node",
          expect: patient,
          globalSetup: [path.join(root, "test/support/postgres.ts")],
          // Long enough for the busiest machine: they end what hangs, and measure nothing.
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
    ],
  },
});
