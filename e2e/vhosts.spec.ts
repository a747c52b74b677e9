import { expect, expectAccessible, makeQueue, publishTo, test } from "./support/fixtures";

test("a virtual host is added, described, filled and deleted", async ({ page, api, vhost }, info) => {
  const name = `shop/${vhost}`;
  await page.goto("/vhosts");
  const grid = page.getByRole("grid", { name: "Virtual hosts" });
  await expect(grid.getByText(vhost)).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Add virtual host" }).click();
  const add = page.getByRole("dialog", { name: "Add a virtual host" });
  await add.getByLabel("Name", { exact: true }).fill(vhost);
  await add.getByRole("button", { name: "Add virtual host" }).click();
  await expect(add.getByRole("alert")).toContainText(`There is a virtual host ${vhost} already`);
  await add.getByLabel("Name", { exact: true }).fill(name);
  await add.getByLabel("Description").fill("The shop");
  await add.getByRole("button", { name: "Add virtual host" }).click();
  const panel = page.getByRole("region", { name: `Virtual host ${name}` });
  await expect(panel.getByText("The shop")).toBeVisible();
  await expect(panel.getByRole("link", { name: "guest" })).toBeVisible();

  await panel.getByRole("button", { name: "Change…" }).click();
  const change = page.getByRole("dialog", { name: `Change ${name}` });
  await change.getByLabel("Description").fill("The web shop");
  await change.getByLabel("Tags, with commas").fill("production, eu");
  await change.getByRole("button", { name: "Save virtual host" }).click();
  await expect(panel.getByText("production, eu")).toBeVisible();
  const path = encodeURIComponent(name);
  expect(await (await api.get(`/api/vhosts/${path}`)).json()).toMatchObject({
    ...{ description: "The web shop", tags: ["production", "eu"] },
  });

  await makeQueue(api, path, "orders");
  await publishTo(api, path, "orders", "one");
  await page.reload();
  await expect(panel.getByRole("link", { name: "1 queue" })).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("vhost.png") });
  await panel.getByRole("button", { name: "Delete…" }).click();
  const remove = page.getByRole("dialog", { name: `Delete ${name}` });
  await expect(remove.getByText("1 queue with 1 message")).toBeVisible();
  await remove.getByLabel(`Type ${name} to confirm`).fill(name);
  await remove.getByRole("button", { name: "Delete virtual host and 1 message" }).click();
  await expect(remove).toBeHidden();
  await expect(grid.getByText(name)).toBeHidden();
  expect((await api.get(`/api/vhosts/${path}`)).status()).toBe(404);
});

test("virtual hosts on a phone in the dark", async ({ page, vhost }, info) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/vhosts");
  await page.getByRole("grid", { name: "Virtual hosts" }).getByText(vhost).click();
  await expect(page.getByRole("link", { name: "guest" })).toBeVisible();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.screenshot({ path: info.outputPath("vhosts-phone.png") });
});
