import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chromium } from "@playwright/test";

/** An executable of the system, or null for Playwright's own; or why there is none. */
export type Browser = { readonly executable: string | null } | { readonly problem: string };

const SYSTEM_BROWSERS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/**
 * Finds a Chromium for the browser tests: WARREN_CHROMIUM, the system's, or Playwright's own; where there is none it
 * is installed, by Playwright if its downloads can be reached, else (as root, on Debian and its kin) by apt.
 */
export async function findBrowser(): Promise<Browser> {
  const given = process.env.WARREN_CHROMIUM;
  if (given !== undefined && given !== "") return { executable: given };
  const present = presentBrowser();
  if (present !== undefined) return present;
  console.log("Installing Chromium for the browser tests ...");
  spawnSync(process.execPath, ["node_modules/@playwright/test/cli.js", "install", "chromium"], { stdio: "inherit" });
  if (presentBrowser() === undefined && process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    spawnSync("apt-get", ["update"], { stdio: "ignore" });
    spawnSync("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], {
      stdio: "inherit",
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" },
    });
  }
  return (
    presentBrowser() ?? {
      problem:
        "The browser tests need a Chromium, and none could be installed: install the package chromium, or name one with WARREN_CHROMIUM=/path/to/chromium.",
    }
  );
}

function presentBrowser(): Browser | undefined {
  const system = SYSTEM_BROWSERS.find((file) => existsSync(file));
  if (system !== undefined) return { executable: system };
  return existsSync(chromium.executablePath()) ? { executable: null } : undefined;
}
