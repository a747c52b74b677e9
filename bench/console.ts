import { chromium, type Page } from "@playwright/test";
import { startConsole } from "@/bench/console-servers";
import { median } from "@/bench/meter";
import { findBrowser } from "@/bin/checks/browser";
import { rabbitMqIsInstalled, startRabbitMq } from "@/test/conformance/rabbitmq-server";

/** A broker with pages to look at it. */
export interface Pages {
  readonly name: string;
  readonly origin: string;
  logIn(page: Page): Promise<void>;
  /** Each is done when what was asked for can be seen. */
  openList(page: Page): Promise<void>;
  find(page: Page, queue: string): Promise<void>;
  openQueue(page: Page, queue: string): Promise<void>;
  /** Everything is filled in; what is measured begins with the click. */
  preparePublish(page: Page, queue: string): Promise<void>;
  publish(page: Page): Promise<void>;
}

const password = { username: "guest", password: "guest" };

const warrenPages = (origin: string): Pages => ({
  name: "warren",
  origin,
  async logIn(page) {
    const answer = await page.request.post(`${origin}/api/login`, { data: password, headers: { origin } });
    if (!answer.ok()) throw new Error(`Warren's login answered ${answer.status()}`);
  },
  async openList(page) {
    await page.goto(`${origin}/queues`);
    await page.locator("tr.row").first().waitFor();
  },
  async find(page, queue) {
    await page.getByRole("combobox", { name: "Filter the queues" }).fill(queue);
    await page.locator("tr.row", { hasText: queue }).first().waitFor();
    await page.locator("tr.row").nth(1).waitFor({ state: "detached" });
  },
  async openQueue(page, queue) {
    await page.getByRole("link", { name: queue, exact: true }).click();
    await page.locator("h1", { hasText: queue }).waitFor();
    await page.getByRole("button", { name: "Purge…" }).waitFor();
  },
  async preparePublish(page, queue) {
    await page.goto(`${origin}/publish?${new URLSearchParams({ vhost: "/", exchange: "", key: queue })}`);
    await page.getByRole("button", { name: /^Publish to 1 queue/ }).waitFor();
  },
  async publish(page) {
    await page.getByRole("button", { name: /^Publish to 1 queue/ }).click();
    await page
      .getByRole("status")
      .filter({ hasText: /stored|routed|published/i })
      .first()
      .waitFor();
  },
});

const rabbitMqPages = (origin: string): Pages => ({
  name: "rabbitmq",
  origin,
  async logIn(page) {
    await page.goto(origin);
    await page.locator("input[name=username]").fill("guest");
    await page.locator("input[name=password]").fill("guest");
    await page.locator("input[type=submit]").click();
    await page.locator("#login-status, #loggedin, #logout").first().waitFor();
  },
  async openList(page) {
    await page.goto("about:blank");
    await page.goto(`${origin}/#/queues`);
    await page.locator("table.list tbody tr").first().waitFor();
  },
  async find(page, queue) {
    const field = page.locator("input#queues-name, input#filter").first();
    await field.fill(queue);
    await field.press("Enter");
    await page.locator("table.list tbody tr").nth(1).waitFor({ state: "detached" });
    await page.locator("table.list tbody tr", { hasText: queue }).first().waitFor();
  },
  async openQueue(page, queue) {
    await page.locator("table.list a", { hasText: queue }).first().click();
    await page.locator("h1", { hasText: queue }).waitFor();
    await page.locator("h2", { hasText: "Overview" }).first().waitFor();
  },
  async preparePublish(page, queue) {
    await page.goto("about:blank");
    await page.goto(`${origin}/#/queues/%2F/${queue}`);
    await page.locator("h2", { hasText: "Publish message" }).click();
    await page.locator("textarea[name=payload]").fill("hello");
  },
  async publish(page) {
    await page.locator("input[type=submit][value='Publish message']").click();
    await page.locator(".form-popup-info").waitFor();
    await page.locator(".form-popup-info").click();
  },
});

const nameOf = (index: number) => `queue-${String(index).padStart(5, "0")}`;

/**
 * The same tasks on Warren's pages and on RabbitMQ's own, in the same browser, by turns. Prints medians in ms: from the
 * click, key or address to what was asked for being seen.
 * @param sizes how many queues there are
 */
export async function comparePages(rounds: number, sizes: readonly number[]): Promise<void> {
  const browserFound = await findBrowser();
  if ("problem" in browserFound) throw new Error(browserFound.problem);
  const warren = await startConsole();
  const rabbitMq = rabbitMqIsInstalled() ? await startRabbitMq({ asInProduction: true, management: true }) : null;
  const browser = await chromium.launch({
    ...(browserFound.executable !== null && { executablePath: browserFound.executable }),
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
  try {
    const both = [warrenPages(warren.origin), ...(rabbitMq ? [rabbitMqPages(rabbitMq.management)] : [])];
    let made = 0;
    for (const size of sizes) {
      for (const { origin } of both) await makeQueues(origin, made, size);
      made = size;
      const seen = new Map<string, Map<string, number[]>>();
      for (let round = 0; round <= rounds; round++) {
        for (const pages of both) {
          const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
          await pages.logIn(page);
          const times = await tasks(page, pages, nameOf(size - 7));
          await page.close();
          // The first round warms up.
          if (round > 0) note(seen, pages.name, times);
        }
      }
      print(size, seen);
    }
  } finally {
    await browser.close();
    await rabbitMq?.stop();
    await warren.stop();
  }
}

async function tasks(page: Page, pages: Pages, queue: string): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  const timed = async (task: string, work: () => Promise<void>) => {
    const began = performance.now();
    await work();
    times.set(task, performance.now() - began);
  };
  await timed("open the list of queues", () => pages.openList(page));
  await timed("find a queue by name", () => pages.find(page, queue));
  await timed("open that queue", () => pages.openQueue(page, queue));
  await pages.preparePublish(page, queue);
  await timed("publish a message, till it is said", () => pages.publish(page));
  return times;
}

/** Both take RabbitMQ's API. */
async function makeQueues(origin: string, from: number, to: number): Promise<void> {
  const authorization = `Basic ${Buffer.from("guest:guest").toString("base64")}`;
  let next = from;
  const make = async () => {
    while (next < to) {
      const answer = await fetch(`${origin}/api/queues/%2F/${nameOf(next++)}`, {
        method: "PUT",
        headers: { authorization, "content-type": "application/json" },
        body: '{"durable":true}',
      });
      if (!answer.ok) throw new Error(`${origin} answered ${answer.status} to a queue`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, make));
}

function note(seen: Map<string, Map<string, number[]>>, name: string, times: ReadonlyMap<string, number>): void {
  for (const [task, ms] of times) {
    const byName = seen.get(task) ?? new Map<string, number[]>();
    seen.set(task, byName);
    byName.set(name, [...(byName.get(name) ?? []), ms]);
  }
}

function print(size: number, seen: ReadonlyMap<string, ReadonlyMap<string, readonly number[]>>): void {
  console.log(
    `\n  ${`${size.toLocaleString("en")} queues, ms`.padEnd(40)}${"warren".padStart(10)}${"rabbitmq".padStart(10)}`,
  );
  for (const [task, byName] of seen) {
    const cell = (name: string) => {
      const times = byName.get(name);
      return (times === undefined ? "-" : String(Math.round(median([...times])))).padStart(10);
    };
    console.log(`  ${task.padEnd(40)}${cell("warren")}${cell("rabbitmq")}`);
  }
}
