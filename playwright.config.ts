import { existsSync } from "node:fs";
import { defineConfig, devices } from "@playwright/test";

const system = process.env.WARREN_CHROMIUM ?? (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);

export default defineConfig({
  testDir: "e2e",
  testMatch: "*.spec.ts",
  outputDir: "test-results",
  // One Warren serves all tests; each works in names or a virtual host of its own.
  globalSetup: "./e2e/support/start-warren.ts",
  fullyParallel: false,
  workers: 1,
  retries: 0,
  timeout: 240_000,
  // A busy machine takes its time; what is there ends the wait at once.
  expect: { timeout: 30_000 },
  reporter: "list",
  use: {
    ...devices["Desktop Chrome"],
    // Set by the global setup, before the workers read this file.
    baseURL: process.env.WARREN_E2E_URL,
    viewport: { width: 1440, height: 900 },
    // Without pictures of each moment: they are drawn by the processor. What failed is photographed below.
    trace: { mode: "retain-on-failure", screenshots: false, snapshots: true, sources: false },
    screenshot: "only-on-failure",
    launchOptions: {
      ...(system === undefined ? {} : { executablePath: system }),
      args: [
        "--disable-background-networking",
        // Chromium's sandbox doesn't work as root, which containers and CI often are.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ],
    },
  },
});
