import { expect, makeQueue, publishTo, test } from "@/e2e/support/fixtures";

test("what happens is on the screen by events, and no list is polled meanwhile", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "watched");
  const streaming = page.waitForResponse((response) => response.url().includes("/api/events"));
  await page.goto(`/queues?vhost=${vhost}`);
  const row = page.getByRole("row", { name: /watched/ });
  await expect(row).toBeVisible();
  const { "content-type": type, "content-encoding": encoding } = (await streaming).headers();
  expect(type).toContain("text/event-stream");
  // Packed, and yet each event comes at once, as the rest of this test needs.
  expect(encoding).toBe("gzip");
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

test("a client that doesn't take gzip gets the events in the clear", async ({ baseURL }) => {
  const leave = new AbortController();
  const response = await fetch(`${baseURL}/api/events`, {
    headers: { authorization: `Basic ${Buffer.from("guest:guest").toString("base64")}`, "accept-encoding": "identity" },
    signal: leave.signal,
  });
  expect(response.headers.get("content-encoding")).toBeNull();
  let text = "";
  for await (const bytes of response.body ?? []) {
    text += Buffer.from(bytes).toString();
    if (text.includes("event: hello\n")) break;
  }
  expect(text).toContain("event: hello\n");
  leave.abort();
});
