import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { freePort } from "@/lib/platform/ports";
import { isAlive, signal, waitForEnd } from "@/lib/platform/processes";
import { startProcess, type WarrenProcess } from "@/test/support/warren-process";

let directory: string;
let environment: Record<string, string>;
const started: WarrenProcess[] = [];

beforeEach(async () => {
  directory = mkdtempSync(path.join(tmpdir(), "warren-survival-"));
  environment = { WARREN_DATA_DIR: directory, PORT: String(await freePort()) };
});

afterEach(async () => {
  for (const { child, ended } of started.splice(0)) {
    child.kill("SIGTERM");
    await ended;
  }
  // A test that killed a supervisor and failed before the next start leaves its Postgres.
  if (existsSync(path.join(directory, "postgres/postmaster.pid"))) signal(postgresPid(), "SIGQUIT");
  rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
});

function start(): WarrenProcess {
  const warren = startProcess({ environment });
  started.push(warren);
  return warren;
}

interface Answer {
  readonly pid: number;
  readonly supervisor: number;
  readonly rows: number;
}

async function ask(url: string, method = "GET"): Promise<Answer> {
  const response = await fetch(url, { method });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return (await response.json()) as Answer;
}

/** Asks until there is an answer that satisfies the condition. */
function eventually(url: string, condition: (answer: Answer) => boolean, method = "GET"): Promise<Answer> {
  return vi.waitFor(
    async () => {
      const answer = await ask(url, method);
      expect(condition(answer)).toBe(true);
      return answer;
    },
    { timeout: 90_000, interval: 100 },
  );
}

function postgresPid(): number {
  return Number(readFileSync(path.join(directory, "postgres/postmaster.pid"), "utf8").split("\n")[0]);
}

test.each(["SIGTERM", "SIGINT"] as const)("data survives %s, which stops everything in order", async (name) => {
  const first = start();
  const url = await first.ready;
  const { pid } = await ask(url, "POST");
  const postgres = postgresPid();
  first.child.kill(name);
  expect(await first.ended).toBe(0);
  expect([isAlive(pid), isAlive(postgres)]).toEqual([false, false]);
  expect(existsSync(path.join(directory, "postgres/postmaster.pid"))).toBe(false);

  const second = start();
  expect((await ask(await second.ready)).rows).toBe(1);
});

test("data survives kill -9 of everything", async () => {
  const first = start();
  const { pid, supervisor } = await ask(await first.ready, "POST");
  for (const victim of [supervisor, pid, postgresPid()]) process.kill(victim, "SIGKILL");
  await first.ended;

  const second = start();
  expect((await ask(await second.ready)).rows).toBe(1);
});

test("kill -9 of the supervisor alone takes the web along, and the next start the Postgres", async () => {
  const first = start();
  const { pid } = await ask(await first.ready, "POST");
  const postgres = postgresPid();
  first.child.kill("SIGKILL");
  await first.ended;
  expect(await waitForEnd(pid, 60_000)).toBe(true);

  const second = start();
  expect((await ask(await second.ready)).rows).toBe(1);
  expect(second.lines).toContain(`Stopping the Postgres that an earlier start left behind (process ${postgres}).`);
});

test("a killed web is started again, and the Postgres doesn't notice", async () => {
  const url = await start().ready;
  const before = await ask(url, "POST");
  const postgres = postgresPid();
  process.kill(before.pid, "SIGKILL");
  const after = await eventually(url, (answer) => answer.pid !== before.pid);
  expect(after).toMatchObject({ rows: 1, supervisor: before.supervisor });
  expect(postgresPid()).toBe(postgres);
});

test("a killed Postgres is started again, and the web goes on", async () => {
  const url = await start().ready;
  const before = await ask(url, "POST");
  const postgres = postgresPid();
  process.kill(postgres, "SIGKILL");
  await vi.waitFor(() => expect(postgresPid()).not.toBe(postgres), { timeout: 90_000 });
  const after = await eventually(url, (answer) => answer.rows === 2, "POST").catch(() => ask(url));
  expect(after.pid).toBe(before.pid);
  expect(after.rows).toBeGreaterThanOrEqual(2);
});

test("a second start on the same data directory is refused and harms nothing", async () => {
  const first = start();
  const url = await first.ready;
  await ask(url, "POST");
  const second = startProcess({ environment: { ...environment, PORT: String(await freePort()) } });
  expect(await second.ended).toBe(1);
  expect(second.lines.join("\n")).toContain(`another Warren (process ${first.child.pid}) runs on the data directory`);
  expect((await ask(url)).rows).toBe(1);
});
