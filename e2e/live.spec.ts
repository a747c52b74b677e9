import { expect, makeQueue, publishTo, test } from "@/e2e/support/fixtures";

test("what happens is on the screen by events, and no list is polled meanwhile", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "watched");
  const streaming = page.waitForResponse((response) => response.url().includes("/api/events"));
  await page.goto(`/queues?vhost=${vhost}`);
  const row = page.getByRole("row", { name: /watched/ });
  await expect(row).toBeVisible();
  expect((await streaming).headers()["content-type"]).toContain("text/event-stream");
  // The first polls after the stream has begun find that they need not come again.
  const asked = () =>
    page.evaluate(
      () =>
        performance.getEntriesByType("resource").filter(({ name }) => new URL(name).pathname.startsWith("/api/queues"))
          .length,
    );
  let before = -1;
  const rests = async () => {
    const last = before;
    before = await asked();
    return before === last;
  };
  await expect.poll(rests, { intervals: [2_500] }).toBe(true);

  await publishTo(api, vhost, "watched", "one");
  await publishTo(api, vhost, "watched", "two");
  await expect(row.getByRole("gridcell").filter({ hasText: /^2$/ }).first()).toBeVisible();
  await makeQueue(api, vhost, "newcomer");
  // The pointer is not over the list, so that nothing waits behind a pill.
  await expect(page.getByRole("row", { name: /newcomer/ })).toBeVisible();
  await api.delete(`/api/queues/${vhost}/newcomer`);
  await expect(page.getByRole("row", { name: /newcomer/ })).toHaveCount(0);
  expect(await asked()).toBe(before);
});

test("when the stream breaks the lists are polled, and it goes on where it was", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "watched");
  await page.route("**/api/events*", (route) => route.abort());
  await page.goto(`/queues?vhost=${vhost}`);
  const row = page.getByRole("row", { name: /watched/ });
  await expect(row).toBeVisible();
  await publishTo(api, vhost, "watched", "one");
  await expect(row.getByRole("gridcell").filter({ hasText: /^1$/ }).first()).toBeVisible();

  const streaming = page.waitForResponse((response) => response.url().includes("/api/events"));
  await page.unroute("**/api/events*");
  await streaming;
  await publishTo(api, vhost, "watched", "two");
  await expect(row.getByRole("gridcell").filter({ hasText: /^2$/ }).first()).toBeVisible();
});
