import type { APIRequestContext } from "@playwright/test";
import { expect, expectAccessible, makeQueue, publishTo, test } from "@/e2e/support/fixtures";

async function makeShop(api: APIRequestContext, vhost: string): Promise<void> {
  await api.put(`/api/exchanges/${vhost}/orders`, { data: { type: "topic", durable: true } });
  await api.put(`/api/exchanges/${vhost}/graves`, { data: { type: "fanout", durable: true } });
  await makeQueue(api, vhost, "orders.new", { "x-dead-letter-exchange": "graves" });
  await makeQueue(api, vhost, "dead");
  await api.post(`/api/bindings/${vhost}/e/orders/q/orders.new`, { data: { routing_key: "order.#" } });
  await api.post(`/api/bindings/${vhost}/e/graves/q/dead`, { data: { routing_key: "" } });
}

test("the drawing shows what leads where, lives, and is walked by arrow keys", async ({ page, api, vhost }) => {
  await makeShop(api, vhost);
  await page.goto(`/topology?vhost=${vhost}`);
  const node = (name: RegExp) => page.getByRole("button", { name });
  await expect(node(/^Exchange orders, topic/)).toBeVisible();
  await expect(node(/^Queue dead, 0 ready/)).toBeVisible();
  await publishTo(api, vhost, "orders.new", "one");
  await expect(node(/^Queue orders\.new, 1 ready/)).toBeVisible();
  await expect(node(/^No consumer, 1 wait/)).toBeVisible();

  await node(/^Exchange orders, topic/).click();
  const panel = page.getByRole("region", { name: "orders", exact: true });
  await expect(panel.getByRole("button", { name: /orders\.new.*order\.#/ })).toBeVisible();
  await page.keyboard.press("ArrowRight");
  await expect(node(/^Queue orders\.new/)).toBeFocused();
  await expect(page.getByRole("region", { name: "orders.new" }).getByText("dead letters")).toBeVisible();
  await expectAccessible(page);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`/queues/${vhost}/orders\\.new`));
});

test("a thousand queues are drawn by groups that open, and found by name", async ({ page, api, vhost }) => {
  await api.put(`/api/exchanges/${vhost}/events`, { data: { type: "topic", durable: true } });
  const names = Array.from({ length: 80 }, (_, index) => `${["orders", "stock"][index % 2]}.part-${index}`);
  for (const name of names) {
    await makeQueue(api, vhost, name);
    await api.post(`/api/bindings/${vhost}/e/events/q/${name}`, { data: { routing_key: name } });
  }
  await page.goto(`/topology?vhost=${vhost}`);
  const group = page.getByRole("button", { name: /^orders\.\* 40 queues/ });
  await group.click();
  await page.getByRole("button", { name: "Open 40 queues" }).click();
  await expect(page.getByRole("button", { name: /^Queue orders\.part-0,/ })).toBeVisible();
  await page.getByRole("button", { name: /^Shown is only orders\./ }).click();
  await page.getByRole("searchbox", { name: "Find an exchange or queue" }).fill("part-17");
  await expect(page.getByRole("button", { name: /^Queue stock\.part-17/ })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Queue stock\.part-19/ })).toHaveCount(0);
});

test("the list says the same as the drawing, and is what a phone shows", async ({ page, api, vhost }) => {
  await makeShop(api, vhost);
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`/topology?vhost=${vhost}`);
  const list = page.getByRole("list", { name: "Exchanges, and where they lead" });
  await expect(list.getByText("order.# →")).toBeVisible();
  await expect(list.getByText("dead letters →")).toBeVisible();
  await expectAccessible(page);
});
