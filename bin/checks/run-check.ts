import { spawn } from "node:child_process";
import { errorMessage } from "@/lib/platform/failure";

/** Tests that a runner counted in its report. */
export interface Counts {
  readonly passed: number;
  /** Each failed test: where it stands, its name, and why it failed. */
  readonly failures: readonly string[];
  readonly skipped: number;
}

export interface Check {
  readonly title: string;
  /** Arguments of Node. */
  readonly args: string[];
  /** Does what the check needs first; gives more environment for it. */
  readonly prepare?: () => Promise<Readonly<Record<string, string>>>;
  readonly environment?: Readonly<Record<string, string>>;
  /** Reads the report of a runner of tests; null when it left none. */
  readonly count?: () => Counts | null;
}

export interface Outcome extends Counts {
  readonly title: string;
  readonly seconds: number;
}

/**
 * Runs one check with its output on the terminal. A check that counts no tests of its own is one failure when it fails;
 * so is a runner that fails without saying which test did.
 */
export async function runCheck(check: Check): Promise<Outcome> {
  console.log(`\n== ${check.title}`);
  const began = Date.now();
  const ok = await succeeds(check);
  const counts = check.count?.() ?? { passed: 0, failures: [], skipped: 0 };
  const failures = !ok && counts.failures.length === 0 ? [`${check.title}: see its output above`] : counts.failures;
  return { ...counts, failures, title: check.title, seconds: Math.round((Date.now() - began) / 1000) };
}

async function succeeds(check: Check): Promise<boolean> {
  try {
    const prepared = (await check.prepare?.()) ?? {};
    return (await exitCode(check.args, { ...process.env, ...check.environment, ...prepared })) === 0;
  } catch (error) {
    console.error(errorMessage(error));
    return false;
  }
}

function exitCode(args: string[], environment: NodeJS.ProcessEnv): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: environment, stdio: ["ignore", "inherit", "inherit"] });
    // Ctrl-C reaches the child by the terminal; a SIGTERM only by this.
    const stop = () => {
      child.kill("SIGTERM");
      child.once("exit", () => process.exit(143));
    };
    process.once("SIGTERM", stop);
    child.once("error", reject);
    child.once("exit", (code) => {
      process.off("SIGTERM", stop);
      resolve(code);
    });
  });
}
