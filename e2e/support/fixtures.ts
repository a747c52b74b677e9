import { type APIRequestContext, test as base, expect, type Page } from "@playwright/test";
import axe from "axe-core";

export interface Fixtures {
  /** The HTTP API, as guest, for putting things in place. */
  api: APIRequestContext;
  /** A virtual host for this test alone. */
  vhost: string;
}

let made = 0;

/**
 * A test with a page that is logged in as guest. A script error or an error in the browser's console fails it, but for
 * answers of the API that the test provokes.
 */
export const test = base.extend<Fixtures>({
  api: async ({ playwright, baseURL }, use) => {
    const api = await playwright.request.newContext({
      ...(baseURL !== undefined && { baseURL }),
      extraHTTPHeaders: { authorization: `Basic ${Buffer.from("guest:guest").toString("base64")}` },
    });
    await use(api);
    await api.dispose();
  },
  vhost: async ({ api }, use) => {
    const vhost = `e2e-${process.pid}-${Date.now().toString(36)}-${++made}`;
    expect((await api.put(`/api/vhosts/${vhost}`, { data: {} })).status()).toBe(201);
    await use(vhost);
    await api.delete(`/api/vhosts/${vhost}`);
  },
  page: async ({ page, baseURL }, use) => {
    const answer = await page.request.post("/api/login", {
      data: { username: "guest", password: "guest" },
      headers: { origin: baseURL ?? "" },
    });
    expect(answer.status()).toBe(200);
    const problems: string[] = [];
    page.on("pageerror", (error) => problems.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) {
        problems.push(message.text());
      }
    });
    await use(page);
    expect(problems).toEqual([]);
  },
});

export { expect };

/**
 * Leaves the console, for tests that take away the page's login in the end: a page that is on its way to the login while its
 * browser context closes keeps Chromium 156 from closing it about once in fifty times, with traces and without.
 */
export async function leave(page: Page): Promise<void> {
  await page.goto("about:blank");
}

/** Fails with what axe finds serious or critical against WCAG 2.2 A and AA. */
export async function expectAccessible(page: Page): Promise<void> {
  // What is still moving is nowhere yet; what never stops (the live dot) is not waited for.
  await page.evaluate(async () => {
    const ending = document.getAnimations().filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity);
    await Promise.allSettled(ending.map((animation) => animation.finished));
  });
  await page.evaluate(axe.source);
  const found = await page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: typeof axe }).axe.run(document, {
      runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
  });
  expect(found).toEqual([]);
}

/** Puts a queue in place. */
export async function makeQueue(
  api: APIRequestContext,
  vhost: string,
  name: string,
  queueArguments: Record<string, unknown> = {},
): Promise<void> {
  const path = `/api/queues/${vhost}/${encodeURIComponent(name)}`;
  const answer = await api.put(path, { data: { durable: true, arguments: queueArguments } });
  expect(answer.ok()).toBe(true);
}

/** Publishes to a queue through the default exchange. */
export async function publishTo(api: APIRequestContext, vhost: string, queue: string, payload: string): Promise<void> {
  const answer = await api.post(`/api/exchanges/${vhost}/amq.default/publish`, {
    data: { routing_key: queue, properties: { delivery_mode: 2 }, payload, payload_encoding: "string" },
  });
  expect(await answer.json()).toMatchObject({ routed: true });
}

/** Takes a message and rejects it, as a worker does that can't handle it. */
export async function rejectOne(api: APIRequestContext, vhost: string, queue: string, error?: object): Promise<void> {
  const taken = await api.post(`/api/queues/${vhost}/${encodeURIComponent(queue)}/leases`, {
    data: { count: 1, visibility_timeout_ms: 30_000, wait_ms: 5_000 },
  });
  const { messages } = (await taken.json()) as { messages: { receipt: string }[] };
  const receipt = messages[0]?.receipt;
  expect(receipt).toBeTruthy();
  const settled = await api.post("/api/leases/settle", {
    data: { settlements: [{ receipt, outcome: "reject", ...(error !== undefined && { error }) }] },
  });
  expect(settled.ok()).toBe(true);
}
