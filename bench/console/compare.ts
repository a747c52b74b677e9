import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import path from "node:path";
import process from "node:process";
import { type Browser, type BrowserContext, chromium, type Page } from "@playwright/test";
import { openRabbitMqSide } from "@/bench/console/rabbitmq-side";
import { addQueues, type ConsoleSide, publishTo, queueName } from "@/bench/console/side";
import { openWarrenSide } from "@/bench/console/warren-side";
import { median } from "@/bench/meter";
import type { BenchOptions } from "@/bench/options";
import { cpuSeconds } from "@/bench/process-cpu";
import { random, shuffled } from "@/bench/random";
import { findBrowser } from "@/bin/checks/browser";
import { rabbitMqIsInstalled } from "@/test/conformance/rabbitmq-server";

/** How many queues there are, one run after the other. */
const sizes = [1_000, 10_000];
/** How long a list stands open while the server's CPU is measured, in ms. */
const openMs = 10_000;
/** No step takes longer than this, in ms. */
const patienceMs = 60_000;

/** Numbers of one round by what was measured: ms, or for "CPU" ms of CPU time. */
type Measured = Map<string, number>;

interface TaskResult {
  readonly queues: number;
  readonly task: string;
  readonly sides: readonly { readonly side: string; readonly median: number; readonly rounds: readonly number[] }[];
  /** Median of the ratios of the rounds: RabbitMQ's time by Warren's; above 1 Warren is quicker. */
  readonly ratio: number | null;
}

/**
 * Does the same on Warren's pages and on RabbitMQ's own, in one browser, in turns, prints medians and ratios and writes
 * all numbers to a JSON file. Without a RabbitMQ it measures Warren alone, and says so.
 */
export async function compareConsoles(options: BenchOptions): Promise<void> {
  const begin = new Date();
  const found = await findBrowser();
  if ("problem" in found) throw new Error(found.problem);
  const args = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const browser = await chromium.launch({
    args,
    ...(found.executable !== null && { executablePath: found.executable }),
  });
  const sides: ConsoleSide[] = [];
  const results: TaskResult[] = [];
  const file = options.output ?? path.join("bench/results", `console-${begin.toISOString().replaceAll(":", "-")}.json`);
  // After each size, so that a run that is cut short leaves what it measured.
  const write = () => {
    const machine = { cpus: cpus().length, model: cpus()[0]?.model ?? "", node: process.version };
    const versions = sides.map(({ name, version }) => ({ name, version }));
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, `${JSON.stringify({ begin, machine, versions, rounds: options.rounds, results }, null, 1)}\n`);
  };
  try {
    sides.push(await openWarrenSide());
    if (rabbitMqIsInstalled()) sides.push(await openRabbitMqSide());
    console.log(
      `${sides.map(({ name, version }) => `${name} ${version}`).join(", ")}; Chromium ${browser.version()}, ` +
        `${cpus().length} CPUs; medians of ${options.rounds} rounds after one that doesn't count`,
    );
    let there = 0;
    for (const total of sizes) {
      for (const side of sides) await addQueues(side, there, total);
      there = total;
      results.push(...(await compareAt(browser, sides, total, options)));
      write();
    }
  } finally {
    await browser.close();
    for (const side of sides) await side.stop();
  }
  console.log(`\nall numbers are in ${file}`);
}

async function compareAt(
  browser: Browser,
  sides: readonly ConsoleSide[],
  total: number,
  options: BenchOptions,
): Promise<TaskResult[]> {
  const order = random(options.seed);
  const rounds: Map<ConsoleSide, Measured>[] = [];
  for (let round = 0; round <= options.rounds; round++) {
    const measured = new Map<ConsoleSide, Measured>();
    for (const side of shuffled(sides, order)) measured.set(side, await measure(browser, side, total, round));
    if (round > 0) rounds.push(measured);
  }
  const [first] = rounds[0]?.values() ?? [];
  const results = [...(first?.keys() ?? [])].map((task) => resultOf(total, task, sides, rounds));
  console.log(`\n${total.toLocaleString("en")} queues`);
  for (const result of results) console.log(lineOf(result));
  return results;
}

/** One round on one side, as somebody who comes for the first time: nothing is in the browser's cache. */
async function measure(browser: Browser, side: ConsoleSide, total: number, round: number): Promise<Measured> {
  const storageState = await signedIn(browser, side);
  const context = await browser.newContext({ storageState, viewport: { width: 1280, height: 800 } });
  context.setDefaultTimeout(patienceMs);
  // Each round has queues of its own, so that all of them are as empty as the first.
  const [name, other] = [queueName(total - 1 - round), queueName(total - 101 - round)];
  const measured: Measured = new Map();
  const step = async (task: string, work: () => Promise<void>) => {
    const began = performance.now();
    try {
      await work();
    } catch (error) {
      throw new Error(`${side.name}, ${total} queues, "${task}": ${(error as Error).message}`);
    }
    measured.set(task, performance.now() - began);
  };
  try {
    const page = await context.newPage();
    await step("the list, first visit", () => side.openList(page, total));
    const before = cpuSeconds(side.processes);
    await page.waitForTimeout(openMs);
    measured.set(`CPU of the server, list open for ${openMs / 1000} s`, 1000 * (cpuSeconds(side.processes) - before));
    const again = await freshPage(context, page);
    await step("the list, second visit", () => side.openList(again, total));
    await step("find a queue by its name", () => side.findQueue(again, name));
    await step("open it", () => side.openQueue(again, name));
    await step("open the form to publish", () => side.openForm(again));
    await step("publish a message", () => side.send(again));
    await side.visitQueue(again, other);
    await step("a message of a program is on the page", async () => {
      await publishTo(side, other);
      await side.seesReady(again, 1);
    });
  } finally {
    await context.close();
  }
  return measured;
}

async function signedIn(browser: Browser, side: ConsoleSide) {
  const context = await browser.newContext();
  await side.signIn(context);
  const state = await context.storageState();
  await context.close();
  return state;
}

/** A new tab in the place of the one before. */
async function freshPage(context: BrowserContext, before: Page): Promise<Page> {
  const page = await context.newPage();
  await before.close();
  return page;
}

function resultOf(
  queues: number,
  task: string,
  sides: readonly ConsoleSide[],
  rounds: readonly ReadonlyMap<ConsoleSide, Measured>[],
): TaskResult {
  const of = (side: ConsoleSide) => rounds.map((round) => round.get(side)?.get(task) ?? 0);
  const [ours, theirs] = sides;
  const ratios = ours && theirs ? of(ours).map((own, index) => (of(theirs)[index] ?? 0) / Math.max(own, 1)) : [];
  return {
    queues,
    task,
    sides: sides.map((side) => ({ side: side.name, median: median(of(side)), rounds: of(side) })),
    ratio: ratios.length > 0 ? median(ratios) : null,
  };
}

function lineOf({ task, sides, ratio }: TaskResult): string {
  const times = sides.map(({ side, median }) => `${side} ${Math.round(median).toLocaleString("en").padStart(7)} ms`);
  return `  ${task.padEnd(44)} ${times.join("   ")}${ratio === null ? "" : `   ${ratio.toFixed(2)} x`}`;
}
