import { expect, expectAccessible, makeQueue, publishTo, test } from "@/e2e/support/fixtures";

test("a view is saved under a name, found again, shared by its address, and deleted", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "orders.new");
  await makeQueue(api, vhost, "stock.low");
  await page.goto(`/queues?vhost=${vhost}&q=orders&sort=name`);
  const rows = page.getByRole("grid", { name: "Queues" }).locator("tr.row");
  await expect(rows).toHaveCount(1);
  await page.getByRole("button", { name: "Saved views" }).click();
  const dialog = page.getByRole("dialog", { name: "Saved views" });
  await dialog.getByRole("textbox", { name: "Save this view as" }).fill(`Orders of ${vhost}`);
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  await expect(dialog.getByRole("link", { name: `Orders of ${vhost}` })).toBeVisible();
  await expectAccessible(page);

  await page.goto(`/queues?vhost=${vhost}`);
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "Saved views" }).click();
  await dialog.getByRole("link", { name: `Orders of ${vhost}` }).click();
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/q=orders/);
  await page.getByRole("button", { name: "Saved views" }).click();
  await dialog.getByRole("button", { name: `Delete Orders of ${vhost}` }).click();
  await expect(dialog.getByRole("link", { name: `Orders of ${vhost}` })).toHaveCount(0);
});

test("a search of messages is saved without the message that is open, and its address opens it", async ({
  page,
  api,
  vhost,
}) => {
  await makeQueue(api, vhost, "orders.new");
  for (const id of [1, 2]) await publishTo(api, vhost, "orders.new", JSON.stringify({ order: { id } }));
  await page.goto(`/messages?vhost=${vhost}&q=body.order.id:2`);
  const rows = page.getByRole("grid", { name: "Messages" }).locator("tr.row");
  await expect(rows).toHaveCount(1);
  await rows.first().click();
  await expect(page).toHaveURL(/message=/);
  await page.getByRole("button", { name: "Saved views" }).click();
  const dialog = page.getByRole("dialog", { name: "Saved views" });
  await dialog.getByRole("textbox", { name: "Save this view as" }).fill(`Order 2 of ${vhost}`);
  await dialog.getByRole("button", { name: "Save", exact: true }).click();
  const link = dialog.getByRole("link", { name: `Order 2 of ${vhost}` });
  await expect(link).toHaveAttribute("href", `/messages?vhost=${vhost}&q=body.order.id%3A2`);

  await page.goto(`/messages?vhost=${vhost}`);
  await expect(rows).toHaveCount(2);
  await page.getByRole("button", { name: "Saved views" }).click();
  await link.click();
  await expect(rows).toHaveCount(1);
  await page.getByRole("button", { name: "Saved views" }).click();
  await dialog.getByRole("button", { name: `Delete Order 2 of ${vhost}` }).click();
  await expect(link).toHaveCount(0);
});

test("saved views have a place on a phone", async ({ page, api, vhost }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await makeQueue(api, vhost, "orders.new");
  await publishTo(api, vhost, "orders.new", "one");
  for (const path of ["/messages", "/queues", "/dead-letters", `/queues/${vhost}/orders.new/messages`]) {
    await page.goto(`${path}?vhost=${vhost}`);
    const button = page.getByRole("button", { name: "Saved views" });
    const box = await button.boundingBox();
    expect(box?.width, path).toBeGreaterThanOrEqual(40);
    await button.click();
    await expect(page.getByRole("dialog", { name: "Saved views" })).toBeVisible();
    await expectAccessible(page);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), path).toBeLessThanOrEqual(0);
  }
});
