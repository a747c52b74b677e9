import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import process from "node:process";
import { chromium, type Page } from "@playwright/test";

/**
 * `npm run pictures -- URL`: takes pictures of the main pages of a running Warren as they are with the sample workload, for
 * people to look at and compare; they are kept in docs/images. Start the sample some minutes before.
 */
const [origin = "http://127.0.0.1:3000"] = process.argv.slice(2);
const folder = "docs/images";
const vhost = "github-sample";
const queue = "pull-requests.review";

/** What is taken, and what must be on the page before. */
const pages: readonly { name: string; path: string; ready: (page: Page) => Promise<void> }[] = [
  { name: "overview", path: "/", ready: (page) => page.getByText("Needs attention").first().waitFor() },
  { name: "queues", path: "/queues", ready: firstRow },
  {
    name: "queue",
    path: `/queues/${vhost}/${queue}`,
    ready: (page) => page.getByRole("heading", { level: 1, name: queue }).waitFor(),
  },
  {
    name: "messages",
    path: `/messages?vhost=${vhost}`,
    ready: async (page) => {
      await firstRow(page);
      if ((page.viewportSize()?.width ?? 0) > 640) {
        await page.locator("tr.row").nth(2).click();
        await page.getByRole("tree").waitFor();
      }
    },
  },
  {
    name: "dead-letters",
    path: "/dead-letters",
    ready: (page) =>
      page
        .getByText(/rejected/)
        .first()
        .waitFor(),
  },
  { name: "consumers", path: "/consumers", ready: (page) => page.getByRole("grid").waitFor() },
  {
    name: "publish",
    path: `/publish?vhost=${vhost}&exchange=github.events&key=issues.opened`,
    ready: (page) => page.getByRole("heading", { name: /^Goes to/ }).waitFor(),
  },
  {
    name: "topology",
    path: `/topology?vhost=${vhost}`,
    ready: (page) => page.getByText("github.dead").first().waitFor(),
  },
];

async function firstRow(page: Page): Promise<void> {
  await page.locator("tr.row").first().waitFor();
}

const looks = [
  { width: 1280, height: 800, theme: "light" },
  { width: 1280, height: 800, theme: "dark" },
  { width: 390, height: 844, theme: "light" },
] as const;

async function main(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const system = process.env.WARREN_CHROMIUM ?? (existsSync("/usr/bin/chromium") ? "/usr/bin/chromium" : undefined);
  const browser = await chromium.launch({
    ...(system !== undefined && { executablePath: system }),
    args: ["--disable-background-networking", ...(process.getuid?.() === 0 ? ["--no-sandbox"] : [])],
  });
  try {
    for (const { width, height, theme } of looks) {
      const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme });
      const login = { data: { username: "guest", password: "guest" }, headers: { origin } };
      const answer = await context.request.post(`${origin}/api/login`, login);
      if (!answer.ok()) throw new Error(`The login gave ${answer.status()}.`);
      const page = await context.newPage();
      for (const { name, path: at, ready } of pages) {
        await page.goto(`${origin}${at}`);
        await ready(page);
        await page.waitForTimeout(1_000);
        await page.screenshot({ path: path.join(folder, `${name}-${width}-${theme}.png`) });
      }
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

await main();
