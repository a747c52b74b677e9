import { expect, makeQueue, publishTo, rejectOne, test } from "@/e2e/support/fixtures";

// A whole errand without a mouse: nothing here is clicked.
test("with the keyboard alone: a queue is found, its message read, a dead letter sent back, and all of it undone", async ({
  page,
  api,
  vhost,
}) => {
  const { keyboard } = page;
  await makeQueue(api, vhost, "graves");
  await makeQueue(api, vhost, "parcels", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "graves" });
  await publishTo(api, vhost, "parcels", '{"parcel":1}');
  await rejectOne(api, vhost, "parcels", { type: "AddressError", message: "no such street" });
  await publishTo(api, vhost, "parcels", '{"parcel":2}');

  await test.step("to the list of queues, and down to one", async () => {
    await page.goto(`/?vhost=${vhost}`);
    await expect(page.getByRole("heading", { name: "Overview", level: 1 })).toBeVisible();
    await keyboard.press("Tab");
    await expect(page.getByRole("link", { name: "Skip to the page" })).toBeFocused();
    await keyboard.press("g");
    await keyboard.press("q");
    await expect(page.getByRole("heading", { name: "Queues", level: 1 })).toBeVisible();
    await keyboard.press("/");
    await keyboard.type("parc");
    await expect(page.getByRole("link", { name: "graves", exact: true })).toHaveCount(0);
    await keyboard.press("Escape");
    await page.getByRole("grid", { name: "Queues" }).focus();
    await keyboard.press("j");
    await keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "parcels", level: 1 })).toBeVisible();
  });

  await test.step("its messages, one read, and back", async () => {
    const tab = page.getByRole("link", { name: /^Messages/ }).last();
    await tab.focus();
    await keyboard.press("Enter");
    await expect(page.getByRole("grid", { name: "Messages" }).getByRole("row")).toHaveCount(2);
    await keyboard.press("j");
    await keyboard.press("Enter");
    await expect(page.getByRole("tree", { name: "Body as a tree" })).toContainText("parcel");
    await keyboard.press("Escape");
    await expect(page.getByRole("tree", { name: "Body as a tree" })).toHaveCount(0);
  });

  await test.step("by the palette to the other queue", async () => {
    await keyboard.press("Control+k");
    await expect(page.getByRole("dialog", { name: "Search or jump to" })).toBeVisible();
    await keyboard.type("graves");
    await expect(page.getByRole("option", { name: /graves/ })).toBeVisible();
    await keyboard.press("Enter");
    await expect(page.getByRole("heading", { name: "graves", level: 1 })).toBeVisible();
  });

  await test.step("purged after its name is typed, and taken back", async () => {
    await page.getByRole("button", { name: "Purge…" }).focus();
    await keyboard.press("Enter");
    await expect(page.getByRole("dialog")).toBeVisible();
    await keyboard.type("graves");
    await keyboard.press("Enter");
    await expect(page.getByText("1 message of graves is in the trash")).toBeVisible();
    await expect.poll(async () => (await (await api.get(`/api/queues/${vhost}/graves`)).json()).messages).toBe(0);
    await keyboard.press("z");
    await expect.poll(async () => (await (await api.get(`/api/queues/${vhost}/graves`)).json()).messages).toBe(1);
  });

  await test.step("all keys are listed, and the list closes", async () => {
    await keyboard.press("?");
    await expect(page.getByRole("dialog", { name: "All keys on this page" })).toBeVisible();
    await keyboard.press("Escape");
    await expect(page.getByRole("dialog")).toHaveCount(0);
  });
});
