import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { findBrowser } from "@/bin/checks/browser";
import { countPlaywright, countVitest } from "@/bin/checks/reports";
import { type Check, type Outcome, runCheck } from "@/bin/checks/run-check";

const BIOME = ["node_modules/@biomejs/biome/bin/biome", "check", "--error-on-warnings"];
const NEXT = "node_modules/next/dist/bin/next";
const TSC = ["node_modules/typescript/bin/tsc", "--noEmit", "--project", "tsconfig.check.json"];
const VITEST = ["node_modules/vitest/vitest.mjs", "run"];
const PLAYWRIGHT = ["node_modules/@playwright/test/cli.js", "test"];

/**
 * Runs the project's checks and ends the process with 0 or 1.
 * @param command "test" for everything, "check" for the fast ones, "e2e" for the browser tests alone
 * @param args handed on to Playwright by "e2e"
 */
export async function run(command: string, args: string[]): Promise<void> {
  const reports = mkdtempSync(path.join(tmpdir(), "warren-reports-"));
  const outcomes: Outcome[] = [];
  try {
    for (const check of checksOf(command, args, reports)) outcomes.push(await runCheck(check));
  } finally {
    rmSync(reports, { recursive: true, force: true });
  }
  const passed = outcomes.reduce((sum, outcome) => sum + outcome.passed, 0);
  const skipped = outcomes.reduce((sum, outcome) => sum + outcome.skipped, 0);
  // A test that CI doesn't run is a test that nobody runs.
  const strict = isSet(process.env.CI);
  const failures = outcomes.flatMap((outcome) => outcome.failures);
  const failed = failures.length + (strict ? skipped : 0);
  console.log("");
  for (const { title, seconds, ...outcome } of outcomes) {
    console.log(`${outcome.failures.length === 0 ? "ok    " : "FAILED"} ${title} (${seconds} s)`);
  }
  // At the end, where they are seen even when only the last lines of a long output are kept.
  for (const failure of failures) console.log(`\n  ${failure}`);
  if (skipped > 0) console.log(`\n${skipped} skipped${strict ? ", which counts as failed in CI" : ""}`);
  console.log(`\n${passed} passed, ${failed} failed`);
  process.exit(failed === 0 ? 0 : 1);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== "" && value !== "0" && value !== "false";
}

function checksOf(command: string, args: string[], reports: string): Check[] {
  const vitestReport = path.join(reports, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${vitestReport}`];
  const lint: Check = { title: "Lint and format (biome)", args: BIOME };
  const types: Check = { title: "Types (tsc)", args: TSC };
  // Makes the types of routes, which tsc wants, without a build.
  const typegen: Check = { title: "Types of routes (next typegen)", args: [NEXT, "typegen"] };
  const count = () => countVitest(vitestReport);
  switch (command) {
    case "check":
      return [
        lint,
        typegen,
        types,
        { title: "Unit tests (vitest)", args: [...VITEST, "--project=unit", ...reporters], count },
      ];
    case "e2e":
      return [browserTests(args, reports)];
    default:
      return [
        lint,
        { title: "Production build (next build)", args: ["bin/bootstrap.mjs", "build"] },
        { title: "JavaScript that a page loads first", args: ["--import", "tsx", "bin/checks/first-load.ts"] },
        typegen,
        types,
        { title: "Unit and integration tests (vitest)", args: [...VITEST, ...reporters], count },
        browserTests([], reports),
      ];
  }
}

function browserTests(args: string[], reports: string): Check {
  const report = path.join(reports, "playwright.json");
  return {
    title: "Browser tests (playwright)",
    args: [...PLAYWRIGHT, "--reporter=list,json", ...args],
    environment: { PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    prepare: async () => {
      const browser = await findBrowser();
      if ("problem" in browser) throw new Error(browser.problem);
      const variables: Record<string, string> = {};
      if (browser.executable !== null) variables.WARREN_CHROMIUM = browser.executable;
      return variables;
    },
    count: () => countPlaywright(report),
  };
}
