import { expect, expectAccessible, makeQueue, test } from "./support/fixtures";

test("an exchange is added, bound, unbound, bound again by undo, and deleted", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "orders.eu");
  await page.goto(`/exchanges?vhost=${vhost}`);
  await expect(page.getByRole("link", { name: "amq.topic" })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Add exchange", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Add an exchange" });
  await dialog.getByLabel("Name", { exact: true }).fill("orders");
  await dialog.getByRole("button", { name: "topic" }).click();
  await dialog.getByRole("button", { name: "Add exchange" }).click();
  await expect(page.getByRole("heading", { name: "orders", level: 1 })).toBeVisible();

  await page.getByRole("button", { name: "Bind…" }).first().click();
  const bind = page.getByRole("dialog", { name: "Bind orders" });
  await bind.getByRole("combobox", { name: "Queue" }).fill("orders");
  await page.getByRole("option", { name: "orders.eu" }).click();
  await bind.getByLabel("Routing key").fill("order.*.eu");
  await expectAccessible(page);
  await bind.getByRole("button", { name: "Bind", exact: true }).click();
  await expect(page.getByText("order.*.eu")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Remove the binding orders to orders.eu with order.*.eu" }).click();
  await expect(page.getByRole("heading", { name: "No bindings yet" })).toBeVisible();
  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(page.getByText("order.*.eu")).toBeVisible();

  await page.getByRole("button", { name: "Delete…" }).click();
  const remove = page.getByRole("dialog", { name: "Delete orders" });
  await remove.getByLabel("Type orders to confirm").fill("orders");
  await remove.getByRole("button", { name: "Delete exchange and 1 binding" }).click();
  await expect(page.getByText("Exchange orders is deleted")).toBeVisible();
});

test("bindings are searched and sorted, and the address keeps both", async ({ page, api, vhost }) => {
  for (const [queue, key] of [
    ["alpha", "z.key"],
    ["beta", "a.key"],
  ] as const) {
    await makeQueue(api, vhost, queue);
    await api.post(`/api/bindings/${vhost}/e/amq.topic/q/${queue}`, { data: { routing_key: key } });
  }
  await page.goto(`/exchanges/${vhost}/amq.topic`);
  const rows = page.getByRole("listitem").filter({ hasText: ".key" });
  await expect(rows.first()).toContainText("alpha");
  await page.getByRole("button", { name: "Sort by Routing key" }).first().click();
  await expect(rows.first()).toContainText("beta");
  await page.getByRole("textbox", { name: "Filter what this leads to" }).fill("alp");
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/to=alp/);
  await page.reload();
  await expect(rows).toHaveCount(1);
  await expectAccessible(page);
});

test("a headers exchange is bound by typed headers", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "vip");
  await api.put(`/api/exchanges/${vhost}/customers`, { data: { type: "headers", durable: true } });
  await page.goto(`/queues/${vhost}/vip`);
  await page.getByRole("button", { name: "Bind…" }).click();
  const bind = page.getByRole("dialog", { name: "Bind vip" });
  await bind.getByRole("combobox", { name: "From exchange" }).fill("customers");
  await page.getByRole("option", { name: /^customers/ }).click();
  await bind.getByRole("button", { name: "Add header" }).click();
  await bind.getByRole("textbox", { name: "Header" }).fill("vip");
  await bind.getByRole("combobox", { name: "Type" }).selectOption("boolean");
  await bind.getByRole("button", { name: "Bind", exact: true }).click();
  await expect(page.getByText("vip=true")).toBeVisible();
  const bindings = await (await api.get(`/api/exchanges/${vhost}/customers/bindings/source`)).json();
  expect(bindings[0].arguments).toEqual({ "x-match": "all", vip: true });
});

test("the broker's own exchanges can't be deleted, and say why", async ({ page, vhost }) => {
  await page.goto(`/exchanges/${vhost}/amq.topic`);
  const button = page.getByRole("button", { name: "Delete…" });
  await expect(button).toHaveAttribute("aria-disabled", "true");
  await button.focus();
  await expect(page.getByText("The broker’s own exchanges can’t be deleted").first()).toBeAttached();
});
