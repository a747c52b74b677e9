import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { stripVTControlCharacters } from "node:util";
import { z } from "zod";
import type { Counts } from "@/bin/checks/run-check";

const vitestReport = z.object({
  numPassedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(
        z.object({ status: z.string(), fullName: z.string(), failureMessages: z.array(z.string()).nullish() }),
      ),
    }),
  ),
});

const playwrightSpec = z.object({
  title: z.string(),
  file: z.string(),
  line: z.number(),
  tests: z.array(
    z.object({
      status: z.string(),
      results: z.array(z.object({ errors: z.array(z.object({ message: z.string().optional() })) })),
    }),
  ),
});

const playwrightSuite = z.object({
  specs: z.array(playwrightSpec),
  get suites() {
    return z.array(playwrightSuite).optional();
  },
});

const playwrightReport = z.object({
  stats: z.object({ expected: z.number(), skipped: z.number() }),
  errors: z.array(z.object({ message: z.string().optional() })),
  suites: z.array(playwrightSuite),
});

/** Reads the tests of vitest's JSON report; a file that couldn't be loaded, or whose hooks failed, is one failure. */
export function countVitest(file: string): Counts | null {
  if (!existsSync(file)) return null;
  const report = vitestReport.parse(JSON.parse(readFileSync(file, "utf8")));
  const failures = report.testResults.flatMap((result) => {
    const tests = result.assertionResults.filter((test) => test.status === "failed");
    if (result.status === "failed" && tests.length === 0) return [failure(result.name, "", result.message)];
    return tests.map((test) => failure(result.name, test.fullName, test.failureMessages?.[0]));
  });
  return { passed: report.numPassedTests, failures, skipped: report.numPendingTests + report.numTodoTests };
}

/** Reads the tests of Playwright's JSON report; one that passed at the second try only has failed. */
export function countPlaywright(file: string): Counts | null {
  if (!existsSync(file)) return null;
  const report = playwrightReport.parse(JSON.parse(readFileSync(file, "utf8")));
  const failures = report.suites.flatMap(specsOf).flatMap((spec) =>
    spec.tests
      .filter((test) => test.status === "unexpected" || test.status === "flaky")
      .map((test) => {
        const errors = test.results.flatMap((result) => result.errors);
        return failure(`${spec.file}:${spec.line}`, spec.title, errors[0]?.message);
      }),
  );
  const broken = report.errors.map((error) => failure("before the tests", "", error.message));
  return { passed: report.stats.expected, failures: [...broken, ...failures], skipped: report.stats.skipped };
}

function specsOf(suite: z.infer<typeof playwrightSuite>): z.infer<typeof playwrightSpec>[] {
  return [...suite.specs, ...(suite.suites ?? []).flatMap(specsOf)];
}

/** Where it failed, and the first lines of why: enough to know the test when only the end of the output is kept. */
function failure(file: string, title: string, message: string | undefined): string {
  const why = stripVTControlCharacters(message ?? "no message")
    .trim()
    .split("\n")
    .slice(0, 6);
  return [`${path.relative(process.cwd(), path.resolve(file))}${title === "" ? "" : ` > ${title}`}`, ...why].join(
    "\n    ",
  );
}
