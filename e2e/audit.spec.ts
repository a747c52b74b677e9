import { expect, expectAccessible, makeQueue, test } from "@/e2e/support/fixtures";

test("the audit log says who did what, and is narrowed by object, action, result and time", async ({
  page,
  api,
  vhost,
}, info) => {
  await makeQueue(api, vhost, "orders");
  await makeQueue(api, vhost, "parcels");
  await api.delete(`/api/queues/${vhost}/orders/contents`);
  await page.goto(`/audit?vhost=${vhost}`);
  const grid = page.getByRole("grid", { name: "Audit log" });
  await expect(grid.locator("tr.row")).toHaveCount(3);
  await expect(grid.locator("tr.row").first()).toContainText("Purge queue");
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("audit.png") });

  const search = page.getByRole("combobox", { name: "Search the audit log" });
  await search.fill("orders");
  await expect(grid.locator("tr.row")).toHaveCount(2);
  await search.fill("action:queue.declare");
  await search.press("Enter");
  await expect(grid.locator("tr.row")).toHaveCount(2);
  await expect(page).toHaveURL(/q=action/);
  await page.getByRole("button", { name: "Clear the search" }).click();
  await page.getByRole("combobox", { name: "Result" }).selectOption("failed");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("combobox", { name: "Result" }).selectOption("");
  await page.getByRole("combobox", { name: "Time" }).selectOption("between");
  await page.getByLabel("Until").fill("2020-01-01T00:00:00");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("combobox", { name: "Time" }).selectOption("hour");
  await expect(grid.locator("tr.row")).toHaveCount(3);

  await grid.locator("tr.row").first().click();
  const panel = page.getByRole("region", { name: "What was done" });
  await expect(panel).toContainText("queue.purge");
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("audit-panel.png") });
  await panel.getByRole("link", { name: "Look at the queue" }).click();
  await expect(page.getByRole("heading", { name: "orders", level: 1 })).toBeVisible();
});

test("the audit log is for administrators, and says so; a phone shows it too", async ({ page, api, vhost }, info) => {
  await makeQueue(api, vhost, "orders");
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`/audit?vhost=${vhost}`);
  await expect(page.getByRole("grid", { name: "Audit log" })).toContainText("guest");
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("audit-phone.png") });

  await page.route("**/api/whoami", (route) =>
    route.fulfill({
      json: { name: "mia", tags: ["monitoring"], may: { look: true, change: false, administer: false } },
    }),
  );
  await page.reload();
  await expect(page.getByRole("heading", { name: "Only administrators may read the audit log" })).toBeVisible();
});
