import type { Page } from "@playwright/test";
import { keepWorking, makeWork, publishOrders, type TestError, work } from "./support/failures";
import { expect, expectAccessible, makeQueue, test } from "./support/fixtures";

const gateway = (id: number): TestError => ({ type: "GatewayError", message: `POST /v2/orders/${id} returned 502` });
const missing: TestError = { type: "KeyError", message: "'vat_id'" };

const idOf = (body: string) => (JSON.parse(body) as { order: { id: number } }).order.id;
const causes = (page: Page) => page.getByRole("list", { name: "Causes" }).getByRole("button");
const card = (page: Page) => page.getByRole("region", { name: /^Retry #/ });

test("causes are told apart, a retry proves itself and stops, and goes on when the worker is mended", async ({
  page,
  api,
  vhost,
}) => {
  await makeWork(api, vhost);
  await publishOrders(api, vhost, 24);
  await work(api, vhost, (body, index) => (index < 20 ? gateway(idOf(body)) : missing), { count: 24 });
  await page.goto(`/dead-letters?vhost=${vhost}`);
  await expect(causes(page)).toHaveCount(2);
  await expect(causes(page).first()).toContainText("20");
  await expect(causes(page).first()).toContainText("GatewayError");
  await expectAccessible(page);

  await causes(page).first().click();
  const panel = page.getByRole("region", { name: "Cause" });
  await expect(panel.getByRole("grid", { name: "Dead letters" }).locator("tr.row").first()).toBeVisible();
  await panel.getByRole("button", { name: "Take it" }).click();
  await expect(panel.getByRole("button", { name: "Give it back" })).toBeVisible();
  await panel.getByRole("button", { name: "Write a note…" }).click();
  await panel.getByRole("textbox", { name: /^Note/ }).fill("The partner is down");
  await panel.getByRole("button", { name: "Keep the note" }).click();
  await expect(panel.getByText("The partner is down")).toBeVisible();
  await expectAccessible(page);

  // The worker still fails: the first step is the proof, and nothing else is touched.
  const judge = { current: (body: string): TestError | null => gateway(idOf(body)) };
  const worker = keepWorking(api, vhost, judge);
  await panel.getByRole("button", { name: "Retry…" }).click();
  const dialog = page.getByRole("dialog", { name: "Retry 20 dead letters" });
  await expect(dialog).toContainText("Back to work (20)");
  await dialog.getByRole("textbox", { name: "Steps, then the rest" }).fill("1, 5");
  await dialog.getByRole("textbox", { name: "Watch each for" }).fill("20");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Begin with 1 message" }).click();
  await expect(card(page)).toContainText("stopped by itself");
  await expect(card(page)).toContainText(/0 retried\s*\+\s*1 failed again\s*\+\s*19 remaining\s*=\s*20 at the start/);
  await expectAccessible(page);

  judge.current = () => null;
  await card(page).getByRole("button", { name: "Go on" }).click();
  await expect(card(page)).toContainText("done");
  await expect(card(page)).toContainText(/19 retried\s*\+\s*1 failed again\s*\+\s*0 remaining\s*=\s*20 at the start/);
  await worker.stop();
  // One failed twice, nineteen were handled: twenty-one deliveries, and the one is a dead letter again.
  expect(new Set(worker.handled).size).toBe(20);
  const left = await api.get(`/api/dead-letters/count?vhost=${vhost}`);
  expect((await left.json()).count).toBe(5);
});

test("a cause is discarded with its count typed, and restored", async ({ page, api, vhost }) => {
  await makeWork(api, vhost);
  await publishOrders(api, vhost, 12);
  await work(api, vhost, () => missing, { count: 12 });
  await page.goto(`/dead-letters?vhost=${vhost}`);
  await causes(page).first().click();
  const panel = page.getByRole("region", { name: "Cause" });
  await panel.getByRole("button", { name: "Discard…" }).click();
  const dialog = page.getByRole("dialog", { name: "Discard 12 dead letters" });
  await dialog.getByRole("textbox").fill("12");
  await dialog.getByRole("button", { name: "Discard 12 messages" }).click();
  await expect(page.getByRole("region", { name: /^Discard #/ })).toContainText(/12 discarded.*12 at the start/);
  await expect(panel.getByRole("heading", { name: "Nothing of this cause is left" })).toBeVisible();
  await page.getByRole("link", { name: /^Trash/ }).click();
  await page.getByRole("button", { name: /^Restore 12 messages/ }).click();
  await expect(page.getByText(/12 messages back in/)).toBeVisible();
  await page.goto(`/dead-letters?vhost=${vhost}`);
  await expect(causes(page).first()).toContainText("12");
});

test("one is edited and retried: what changes is seen before, and the original is gone exactly then", async ({
  page,
  api,
  vhost,
}) => {
  await makeWork(api, vhost);
  await publishOrders(api, vhost, 2);
  await work(api, vhost, () => missing, { count: 2 });
  await page.goto(`/dead-letters?vhost=${vhost}&by=message&order=oldest`);
  const grid = page.getByRole("grid", { name: "Dead letters" });
  await grid.locator("tr.row").first().click();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Edit and retry" }).click();
  await expect(page.getByRole("heading", { name: "Edit and retry" })).toBeVisible();
  const body = page.getByRole("textbox", { name: "Body" });
  await body.fill('{"order":{"id":0,"vat_id":"DE1"}}');
  const changes = page.getByRole("complementary", { name: "What changes" });
  await expect(changes).toContainText('"vat_id": "DE1"');
  await expect(changes).toContainText("It goes to work.");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Send it so" }).click();
  await expect(page.getByText("The edited message is in work")).toBeVisible();
  await expect(grid.locator("tr.row")).toHaveCount(1);
  expect(await work(api, vhost, () => null)).toEqual(['{"order":{"id":0,"vat_id":"DE1"}}']);
});

test("a rule keeps messages for a person, who is told apart from others, and decides", async ({ page, api, vhost }) => {
  await makeWork(api, vhost);
  await page.goto(`/error-policies?vhost=${vhost}`);
  await page.getByRole("button", { name: "Add a rule" }).first().click();
  const rule = page.getByRole("region", { name: "Rule" });
  await rule.getByRole("textbox", { name: "Name" }).fill("ask somebody");
  await rule.getByRole("textbox", { name: "Error type like" }).fill("KeyError");
  await rule.getByRole("combobox", { name: "Do this" }).selectOption("review");
  await expectAccessible(page);
  await rule.getByRole("button", { name: "Add the rule" }).click();
  await expect(page.getByRole("list", { name: "Rules" })).toContainText("ask somebody");

  await publishOrders(api, vhost, 3);
  await work(api, vhost, (body) => (idOf(body) < 2 ? missing : gateway(2)), { count: 3 });
  await rule.getByRole("button", { name: "What would it do" }).click();
  await expect(rule.getByRole("region", { name: "Try it" })).toContainText(
    "of 3 failures would have come to something else",
  );

  await page.goto(`/reviews?vhost=${vhost}`);
  const reviews = page.getByRole("grid", { name: "Reviews" });
  await expect(reviews.locator("tr.row")).toHaveCount(2);
  await reviews.locator("tr.row").first().click();
  const panel = page.getByRole("region", { name: /^Review \d+/ });
  await panel.getByRole("button", { name: "I look at it" }).click();
  await expect(panel).toContainText("You look at it");
  await panel.getByRole("textbox", { name: "Say something about it" }).fill("The customer has none");
  await panel.getByRole("button", { name: "Comment" }).click();
  await expect(panel.getByText("The customer has none")).toBeVisible();
  await expectAccessible(page);
  await panel.getByRole("button", { name: "Retry", exact: true }).click();
  await expect(panel).toContainText("guest retried it");
  await expect(reviews.locator("tr.row")).toHaveCount(1);
  expect(await work(api, vhost, () => null)).toHaveLength(1);
});

test("what was handled is replayed into another queue, and its timeline tells every step", async ({
  page,
  api,
  vhost,
}) => {
  await makeWork(api, vhost);
  await makeQueue(api, vhost, "again");
  await publishOrders(api, vhost, 7);
  expect(await work(api, vhost, () => null, { count: 7 })).toHaveLength(7);
  await page.goto(`/replay?vhost=${vhost}`);
  await page.getByRole("combobox", { name: "Queue" }).first().fill("work");
  await page.getByRole("option", { name: /^work/ }).click();
  await page.getByRole("group", { name: "Send to" }).getByRole("button", { name: "A queue" }).click();
  await page.getByRole("combobox", { name: "Queue" }).last().fill("again");
  await page.getByRole("option", { name: /^again/ }).click();
  await page.getByRole("checkbox", { name: /^Prove it on a few/ }).uncheck();
  await page.getByRole("button", { name: "Look which messages" }).click();
  await expect(page.getByRole("complementary", { name: "What it would send" })).toContainText("7 messages");
  await expectAccessible(page);
  const life = await page
    .getByRole("complementary", { name: "What it would send" })
    .getByRole("link")
    .first()
    .getAttribute("href");
  await page.getByRole("button", { name: "Replay 7 messages" }).click();
  await expect(page.getByRole("region", { name: /^Replay #/ })).toContainText(/7 replayed.*7 at the start/);
  expect((await work(api, vhost, () => null, { queue: "again" })).map(idOf)).toEqual([0, 1, 2, 3, 4, 5, 6]);

  await page.getByRole("link", { name: "All replays" }).click();
  await expect(page.getByRole("grid", { name: "Jobs" })).toContainText("Replay #");
  await expectAccessible(page);

  await page.goto(life ?? "");
  const events = page.getByRole("list", { name: "What happened to this message" });
  for (const event of ["Published", "Delivered", "Acknowledged", "Replayed"]) await expect(events).toContainText(event);
  await expectAccessible(page);
});
