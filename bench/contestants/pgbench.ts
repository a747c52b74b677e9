import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

const packaged = "/usr/lib/postgresql";

/** The newest pgbench of Debian's packages; null where there is none. */
export function findPgbench(): string | null {
  if (!existsSync(packaged)) return null;
  const programs = readdirSync(packaged)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => path.join(packaged, version, "bin/pgbench"));
  return programs.find((program) => existsSync(program)) ?? null;
}

/**
 * Inserts bodies and narrow rows into the tables of the limit script for so long, in whole seconds.
 * @returns how many messages, and in what time, without that of connecting
 */
export async function runPgbench(
  program: string,
  url: string,
  load: { callers: number; batch: number; body: string; seconds: number },
): Promise<{ count: number; seconds: number }> {
  const clients = Math.min(load.callers, 16);
  const seconds = Math.max(Math.round(load.seconds), 1);
  const folder = mkdtempSync(path.join(tmpdir(), "warren-pgbench-"));
  const script = path.join(folder, "insert.sql");
  writeFileSync(
    script,
    `with stored as (
  insert into bench_limit.message (body) select convert_to(:body, 'UTF8') from generate_series(1, ${load.batch}) returning id
) insert into bench_limit.entry (queue, seq, message) select 1, id, id from stored;\n`,
  );
  const { hostname, port, username, password, pathname, searchParams } = new URL(url);
  try {
    const { stdout } = await promisify(execFile)(
      program,
      [
        ...["-n", "-M", "prepared", "-f", script, "-c", String(clients), "-j", "2", "-T", String(seconds)],
        ...[
          "-D",
          `body=${load.body}`,
          "-h",
          searchParams.get("host") ?? hostname,
          "-p",
          port === "" ? "5432" : port,
          "-U",
          username,
        ],
        pathname.slice(1),
      ],
      { env: { ...process.env, PGPASSWORD: decodeURIComponent(password) } },
    );
    const transactions = figureIn(stdout, /transactions actually processed: (\d+)/);
    const perSecond = figureIn(stdout, /tps = ([\d.]+) \(without initial connection time\)/);
    return { count: transactions * load.batch, seconds: transactions / perSecond };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function figureIn(report: string, pattern: RegExp): number {
  const figure = Number(pattern.exec(report)?.[1]);
  if (!(figure > 0)) throw new Error(`pgbench did not report what it did: ${report}`);
  return figure;
}
