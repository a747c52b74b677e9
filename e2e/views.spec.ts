import { expect, expectAccessible, makeQueue, test } from "@/e2e/support/fixtures";

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
