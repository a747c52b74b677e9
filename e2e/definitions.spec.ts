import { readFile } from "node:fs/promises";
import { expect, expectAccessible, makeQueue, test } from "./support/fixtures";

test("definitions are downloaded, planned and imported", async ({ page, api, vhost }, info) => {
  await makeQueue(api, vhost, "orders");
  await page.goto("/definitions");
  await expect(page.getByRole("heading", { name: "Definitions", level: 1 })).toBeVisible();
  await page.getByLabel("Definitions of").selectOption(`Virtual host ${vhost}`);
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download definitions" }).click(),
  ]);
  const file = await readFile(await download.path(), "utf8");
  const definitions = JSON.parse(file) as { queues: object[] };
  expect(definitions.queues).toMatchObject([{ name: "orders" }]);
  await expectAccessible(page);

  const text = page.getByRole("textbox", { name: "Definitions" });
  const plan = page.getByRole("button", { name: "See what it would do" });
  await text.fill("{queues");
  await plan.click();
  await expect(page.getByRole("alert").filter({ hasText: "This is not JSON" })).toBeVisible();

  // A conflict refuses all of it: nothing can be pressed.
  const parcels = { name: "parcels", durable: true, auto_delete: false, arguments: {} };
  const send = async (queues: readonly object[]) => {
    await page.getByLabel("Import into").selectOption(`Virtual host ${vhost}`);
    await page.getByLabel("File with definitions").setInputFiles({
      ...{ name: "definitions.json", mimeType: "application/json" },
      buffer: Buffer.from(JSON.stringify({ ...definitions, queues })),
    });
    await expect(text).toHaveValue(/orders/);
    await plan.click();
  };
  await send([{ ...definitions.queues[0], durable: true, arguments: { "x-max-length": 5 } }, parcels]);
  await expect(page.getByText("1 conflict: nothing of the file can be imported")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Create 1 and change 0/ })).toHaveAttribute("aria-disabled", "true");
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("conflict.png") });
  await page.getByRole("button", { name: "Back to the file" }).click();

  await send([...definitions.queues, parcels]);
  const grid = page.getByRole("grid", { name: "What the import would do" });
  await grid.getByText("parcels").click();
  await expect(page.getByRole("region", { name: "queue parcels" })).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("plan.png") });
  expect((await api.get(`/api/queues/${vhost}/parcels`)).status()).toBe(404);
  await page.getByRole("button", { name: "Create 1 and change 0" }).click();
  await expect(page.getByText("The definitions are imported: 1 object created, 0 changed")).toBeVisible();
  expect((await api.get(`/api/queues/${vhost}/parcels`)).status()).toBe(200);

  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.screenshot({ path: info.outputPath("definitions-phone.png") });
});
