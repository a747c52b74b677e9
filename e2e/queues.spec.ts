import { expect, expectAccessible, makeQueue, publishTo, test } from "./support/fixtures";

test("a queue is added, filled, read in its figures, purged, restored and deleted", async ({ page, api, vhost }) => {
  await page.goto(`/queues?vhost=${vhost}`);
  await expect(page.getByRole("heading", { name: `No queues in ${vhost}` })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Add queue", exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Add a queue" });
  await dialog.getByLabel("Name", { exact: true }).fill("orders.new");
  await dialog.getByLabel("At most x-max-length", { exact: true }).fill("500");
  await expectAccessible(page);
  await dialog.getByRole("button", { name: "Add queue" }).click();
  await expect(page.getByRole("heading", { name: "orders.new", level: 1 })).toBeVisible();
  await expect(page).toHaveTitle("orders.new · Queues · Warren");

  for (const payload of ["one", "two", "three"]) await publishTo(api, vhost, "orders.new", payload);
  await expect(page.getByRole("link", { name: "Messages 3" })).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Purge…" }).click();
  const purge = page.getByRole("dialog", { name: "Purge orders.new" });
  await expect(purge.getByRole("button", { name: "Purge 3 messages" })).toHaveAttribute("aria-disabled", "true");
  await purge.getByLabel("Type orders.new to confirm").fill("orders.new");
  await purge.getByRole("button", { name: "Purge 3 messages" }).click();
  await expect(page.getByText("3 messages of orders.new are in the trash")).toBeVisible();
  await expect(page.getByRole("link", { name: "Messages 0" })).toBeVisible();

  await page.getByRole("button", { name: /^Undo/ }).click();
  await expect(page.getByRole("link", { name: "Messages 3" })).toBeVisible();

  await page.getByRole("link", { name: "Arguments 1" }).click();
  await expect(page.getByText("x-max-length", { exact: true })).toBeVisible();

  await page.getByRole("button", { name: "Delete…" }).click();
  const remove = page.getByRole("dialog", { name: "Delete orders.new" });
  await remove.getByLabel("Type orders.new to confirm").fill("orders.new");
  await remove.getByRole("button", { name: "Delete queue and 3 messages" }).click();
  await expect(page.getByText("Queue orders.new is in the trash")).toBeVisible();
  // Back to the list as it was left.
  await expect(page).toHaveURL(new RegExp(`/queues\\?vhost=${vhost}$`));
  expect((await api.get(`/api/queues/${vhost}/orders.new`)).status()).toBe(404);

  await page.keyboard.press("z");
  await expect(page.getByText("Queue orders.new is in the trash")).toBeHidden();
  const back = await api.get(`/api/queues/${vhost}/orders.new`);
  expect(await back.json()).toMatchObject({ messages: 3, arguments: { "x-max-length": expect.any(Number) } });
});

test("queues that were deleted together are found in the trash and restored from there", async ({
  page,
  api,
  vhost,
}) => {
  for (const name of ["left", "right"]) await makeQueue(api, vhost, name);
  const bound = await api.post(`/api/bindings/${vhost}/e/amq.topic/q/left`, { data: { routing_key: "a.#" } });
  expect(bound.status()).toBe(201);
  await publishTo(api, vhost, "left", "x");
  await page.goto(`/queues?vhost=${vhost}`);
  await page.getByRole("checkbox", { name: "Select all rows" }).check();
  await page.getByRole("button", { name: "Delete 2 queues…" }).click();
  const remove = page.getByRole("dialog", { name: "Delete 2 queues" });
  await remove.getByLabel("Type 2 to confirm").fill("2");
  await remove.getByRole("button", { name: "Delete 2 queues and 1 message" }).click();
  await expect(page.getByText("2 queues are in the trash")).toBeVisible();
  await expect(page.getByText(`No queues in ${vhost}`)).toBeVisible();

  await page.goto(`/trash?vhost=${vhost}`);
  await page.getByRole("button", { name: "Restore queue left" }).click();
  await expect(page.getByText("Queue left is back, with 1 message")).toBeVisible();
  await expectAccessible(page);
  const bindings = await (await api.get(`/api/queues/${vhost}/left/bindings`)).json();
  expect(bindings).toContainEqual(expect.objectContaining({ source: "amq.topic", routing_key: "a.#" }));
});

test("the list filters, sorts, and keeps both in the address", async ({ page, api, vhost }) => {
  for (const name of ["alpha", "beta", "gamma"]) await makeQueue(api, vhost, name);
  await publishTo(api, vhost, "beta", "x");
  await page.goto(`/queues?vhost=${vhost}`);
  const rows = page.getByRole("row").filter({ has: page.getByRole("link") });
  await expect(rows.first()).toContainText("beta");

  await page.getByRole("button", { name: "Name" }).click();
  await expect(rows.first()).toContainText("alpha");
  await expect(page).toHaveURL(/sort=name/);

  await page.getByRole("combobox", { name: "Filter the queues" }).fill("gam");
  await expect(rows).toHaveCount(1);
  await expect(page).toHaveURL(/q=gam/);
  await page.reload();
  await expect(rows).toHaveCount(1);
  await expect(rows.first()).toContainText("gamma");

  await page.getByRole("combobox", { name: "Filter the queues" }).fill("nothing-like-it");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Clear the filter" }).click();
  await expect(rows).toHaveCount(3);
});

test("what the filter finds is opened by a click while the filter has the focus", async ({ page, api, vhost }) => {
  for (const name of ["alpha", "beta"]) await makeQueue(api, vhost, name);
  for (const text of ["bet", "type:classic bet"]) {
    await page.goto(`/queues?vhost=${vhost}`);
    await page.getByRole("combobox", { name: "Filter the queues" }).pressSequentially(text);
    await expect(page.getByRole("link", { name: "alpha", exact: true })).toBeHidden();
    await page.getByRole("link", { name: "beta", exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/queues/${vhost}/beta`));
    await expect(page.getByRole("heading", { name: "beta" })).toBeVisible();
  }
});

test("selected queues are purged together, with the exact count to type", async ({ page, api, vhost }) => {
  for (const name of ["a", "b", "c"]) {
    await makeQueue(api, vhost, name);
    await publishTo(api, vhost, name, name);
  }
  await page.goto(`/queues?vhost=${vhost}&sort=name`);
  await expect(page.getByRole("link", { name: "a", exact: true })).toBeVisible();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  const bar = page.getByRole("region", { name: "Actions for the selection" });
  await expect(bar).toContainText("2 selected");
  await bar.getByRole("button", { name: "Purge 2 messages…" }).click();
  const dialog = page.getByRole("dialog", { name: "Purge 2 queues" });
  await dialog.getByLabel("Type 2 to confirm").fill("2");
  await dialog.getByRole("button", { name: "Purge 2 messages" }).click();
  await expect(page.getByText("2 messages of 2 queues are in the trash")).toBeVisible();
  const left = await (await api.get(`/api/queues/${vhost}`)).json();
  expect(left.map((queue: { messages: number }) => queue.messages).sort()).toEqual([0, 0, 1]);
});

test("hostile names are shown as they are and stay in their place", async ({ page, api, vhost }) => {
  const names = [
    "<script>window.hacked=1</script>",
    "a/b?c#d%2F",
    "‮drowssap",
    "x".repeat(255),
    '"; drop table queue; --',
  ];
  for (const name of names) await makeQueue(api, vhost, name);
  await page.goto(`/queues?vhost=${vhost}`);
  for (const name of names) {
    // What turns text round is drawn as a mark with its name.
    const shown = name.replace("\u202e", "RLO ");
    await expect(page.getByRole("link", { name: shown, exact: true })).toBeVisible();
  }
  expect(await page.evaluate(() => "hacked" in window)).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true);

  await page.getByRole("link", { name: "a/b?c#d%2F", exact: true }).click();
  await expect(page.getByRole("heading", { name: "a/b?c#d%2F", level: 1 })).toBeVisible();
  await expect(page.getByText("running").or(page.getByText("idle")).first()).toBeVisible();
});

test("messages are moved to another queue, none lost", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "from");
  await makeQueue(api, vhost, "to");
  for (const payload of ["1", "2"]) await publishTo(api, vhost, "from", payload);
  await page.goto(`/queues/${vhost}/from`);
  await page.getByRole("button", { name: "Move…" }).click();
  const dialog = page.getByRole("dialog", { name: "Move messages of from" });
  await dialog.getByRole("combobox", { name: "To queue" }).fill("to");
  await page.getByRole("option", { name: /^to/ }).click();
  await dialog.getByRole("button", { name: "Move 2 messages" }).click();
  await expect(page.getByText("2 messages moved to to")).toBeVisible();
  expect((await (await api.get(`/api/queues/${vhost}/to`)).json()).messages).toBe(2);
});

test("names that hide, end in spaces or turn text round are seen for what they are, and can be deleted", async ({
  page,
  api,
  vhost,
}) => {
  const name = "  gnp.\u202etcelloc\u200b ";
  await makeQueue(api, vhost, name);
  await makeQueue(api, vhost, "\u05e9\u05dc\u05d5\u05dd.orders");
  await page.goto(`/queues?vhost=${vhost}&q=gnp`);
  const row = page.getByRole("grid", { name: "Queues" }).locator("tr.row");
  await expect(row).toHaveCount(1);
  // Each mark is drawn with its name, in the order in which it stands.
  const link = row.getByRole("link");
  await expect(link).toHaveText("SPSPgnp.RLOtcellocZWSPSP");
  expect(await link.locator("bdi").evaluate((bdi) => getComputedStyle(bdi).unicodeBidi)).toBe("isolate");

  await link.click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText("SPSPgnp.RLOtcellocZWSPSP");
  await expectAccessible(page);
  await page.getByRole("button", { name: "Delete…" }).click();
  const remove = page.getByRole("dialog", { name: /^Delete/ });
  const last = remove.getByRole("button", { name: "Delete queue and 0 messages" });
  await expect(last).toHaveAttribute("aria-disabled", "true");
  // What can't be typed needn't be.
  await remove.getByLabel("Type gnp.tcelloc to confirm").fill("gnp.tcelloc");
  await last.click();
  await expect(page).toHaveURL(/[?&]q=gnp/);
  expect((await api.get(`/api/queues/${vhost}/${encodeURIComponent(name)}`)).status()).toBe(404);
});

test("a long list shows its beginning while the rest is on its way, and then all of it", async ({
  page,
  api,
  vhost,
}) => {
  const queues = Array.from({ length: 300 }, (_, index) => ({
    ...{ name: `orders.${String(index).padStart(3, "0")}`, durable: true, auto_delete: false, arguments: {} },
  }));
  expect((await api.post(`/api/definitions/${vhost}`, { data: { queues } })).ok()).toBe(true);
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  const pages: string[] = [];
  await page.route(`**/api/queues/${vhost}?**`, async (route) => {
    const url = route.request().url();
    if (url.includes("page=1")) pages.push(url);
    else await held;
    await route.continue();
  });
  await page.goto(`/queues?vhost=${vhost}&sort=name`);
  const grid = page.getByRole("grid", { name: "Queues" });
  await expect(grid.getByRole("link", { name: "orders.000" })).toBeVisible();
  await expect(page.getByText("300", { exact: true }).first()).toBeVisible();
  await expect(grid).toHaveAttribute("aria-rowcount", "201");
  release();
  await expect(grid).toHaveAttribute("aria-rowcount", "301");
  expect(pages).toHaveLength(1);
});
