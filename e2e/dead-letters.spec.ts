import type { APIRequestContext, Page } from "@playwright/test";
import { expect, expectAccessible, makeQueue, publishTo, test } from "./support/fixtures";

/** A queue `work` with `count` messages that a worker rejected, each with an error, in the dead-letter queue `dead`. */
async function makeDeadLetters(api: APIRequestContext, vhost: string, count: number) {
  await makeQueue(api, vhost, "dead");
  await makeQueue(api, vhost, "work", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "dead" });
  for (let n = 0; n < count; n++) await publishTo(api, vhost, "work", JSON.stringify({ order: { id: n } }));
  const taken = await api.post(`/api/queues/${vhost}/work/leases`, { data: { count, wait_ms: 5000 } });
  const { messages } = (await taken.json()) as { messages: { receipt: string }[] };
  expect(messages).toHaveLength(count);
  const settlements = messages.map(({ receipt }, n) => ({
    receipt,
    outcome: "reject",
    error: {
      type: n % 2 === 0 ? "GatewayError" : "KeyError",
      message: `failed ${n}`,
      stack: "at work (worker.js:8:1)",
    },
  }));
  expect((await api.post("/api/leases/settle", { data: { settlements } })).ok()).toBe(true);
  await expect.poll(async () => countOf(api, vhost)).toBe(count);
}

const countOf = async (api: APIRequestContext, vhost: string) =>
  (await (await api.get(`/api/dead-letters/count?vhost=${vhost}`)).json()).count as number;
const bodiesOf = async (api: APIRequestContext, vhost: string, queue: string) =>
  (
    (await (await api.get(`/api/queues/${vhost}/${queue}/messages?limit=500`)).json()).items as {
      id: number;
      payload: string;
    }[]
  ).map(({ id, payload }) => `${id} ${payload}`);
const rows = (page: Page) => page.getByRole("grid", { name: "Dead letters" }).locator("tr.row");

test("one is read and retried, two are discarded and taken back with z", async ({ page, api, vhost }) => {
  await makeDeadLetters(api, vhost, 5);
  const before = await bodiesOf(api, vhost, "dead");
  await page.goto(`/dead-letters?vhost=${vhost}&by=message&order=oldest`);
  await expect(rows(page)).toHaveCount(5);
  await expect(rows(page).first()).toContainText("GatewayError: failed 0");

  await rows(page).nth(1).locator("[data-tick]").click();
  await rows(page).nth(2).locator("[data-tick]").click();
  await page.getByRole("button", { name: "Discard 2…" }).click();
  const dialog = page.getByRole("dialog", { name: "Discard 2 dead letters" });
  await expect(dialog).toContainText("All other messages stay.");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Discard 2 messages" }).click();
  await expect(page.getByText("2 dead letters are in the trash")).toBeVisible();
  await expect(rows(page)).toHaveCount(3);
  await page.keyboard.press("z");
  await expect(rows(page)).toHaveCount(5);
  expect(await bodiesOf(api, vhost, "dead")).toEqual(before);

  await rows(page).first().click();
  const panel = page.getByRole("region", { name: /^Dead letter \d+/ });
  await expect(panel).toContainText("GatewayError: failed 0");
  await expect(panel.getByRole("tree", { name: "Body as a tree" })).toContainText('"id": 0');
  await panel.getByRole("button", { name: /^Stack/ }).click();
  await expect(panel).toContainText("at work (worker.js:8:1)");
  await expectAccessible(page);
  await panel.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(page.getByText("1 message sent back to its queue")).toBeVisible();
  await expect(panel).toContainText("This message has left dead.");
  await expect(rows(page)).toHaveCount(4);
  expect(await bodiesOf(api, vhost, "work")).toHaveLength(1);
});

test("all that match are retried elsewhere, and the rest is discarded with the count typed", async ({
  page,
  api,
  vhost,
}) => {
  await makeDeadLetters(api, vhost, 30);
  await makeQueue(api, vhost, "quarantine");
  await page.goto(`/dead-letters?vhost=${vhost}&q=error:KeyError`);
  await expect(rows(page)).toHaveCount(15);
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.getByRole("button", { name: "Select all 15" }).click();
  await page.getByRole("button", { name: "Retry 15 elsewhere…" }).click();
  const send = page.getByRole("dialog", { name: "Retry 15 dead letters elsewhere" });
  await send.getByRole("combobox", { name: "Queue" }).fill("quar");
  await page.getByRole("option", { name: /quarantine/ }).click();
  await send.getByRole("button", { name: "Send 15 messages" }).click();
  await expect(page.getByText("15 messages sent to quarantine")).toBeVisible();
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  expect(await bodiesOf(api, vhost, "quarantine")).toHaveLength(15);

  await page.getByRole("button", { name: "Show all dead letters" }).click();
  await expect(rows(page)).toHaveCount(15);
  await page.getByRole("checkbox", { name: "Select all rows" }).click();
  await page.getByRole("button", { name: "Discard 15…" }).click();
  const dialog = page.getByRole("dialog", { name: "Discard 15 dead letters" });
  await dialog.getByRole("textbox").fill("14");
  await expect(dialog.getByRole("button", { name: "Discard 15 messages" })).toHaveAttribute("aria-disabled", "true");
  await dialog.getByRole("textbox").fill("15");
  await dialog.getByRole("button", { name: "Discard 15 messages" }).click();
  await expect(page.getByRole("heading", { name: `No dead letters in ${vhost}` })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("link", { name: /^Trash/ }).click();
  await expect(page.getByRole("heading", { name: "Trash" })).toBeVisible();
  await page.getByRole("button", { name: "Restore 15 messages of dead" }).click();
  await expect(page.getByText("15 messages back in dead")).toBeVisible();
  await expect(page.getByRole("heading", { name: "The trash is empty" })).toBeVisible();
  expect(await countOf(api, vhost)).toBe(15);
});

test("a second tab that acts on the same is told what happened", async ({ page, api, vhost, context }) => {
  await makeDeadLetters(api, vhost, 3);
  const second = await context.newPage();
  for (const tab of [page, second]) {
    await tab.goto(`/dead-letters?vhost=${vhost}&by=message&order=oldest`);
    await expect(rows(tab)).toHaveCount(3);
  }
  // The second tab has its selection before it hears of what the first one does.
  await rows(second).nth(0).locator("[data-tick]").click();
  await rows(second).nth(1).locator("[data-tick]").click();
  await expect(second.getByRole("button", { name: "Retry 2", exact: true })).toBeVisible();
  await rows(page).nth(0).locator("[data-tick]").click();
  await page.getByRole("button", { name: "Retry 1", exact: true }).click();
  await expect(page.getByText("1 message sent back to its queue")).toBeVisible();
  await second.getByRole("button", { name: "Retry 2", exact: true }).click();
  await expect(second.getByRole("alert").filter({ hasText: "left untouched" })).toContainText(
    "1 of 2 messages retried; 1 left untouched.",
  );
  expect(await bodiesOf(api, vhost, "work")).toHaveLength(2);
});
