import { expect, expectAccessible, test } from "./support/fixtures";

// One person's first quarter of an hour with Warren, on the sample workload's real payloads.
test("the sample: queues fill, a payload is read, a message published, dead letters retried, discarded and taken back", async ({
  page,
  api,
}) => {
  test.setTimeout(120_000);
  await page.goto("/");
  await page.getByRole("button", { name: "Start the sample" }).click();
  await expect(page.getByRole("button", { name: "Stop the sample" })).toBeVisible();
  await expectAccessible(page);

  await test.step("queues fill", async () => {
    await page.goto("/queues?vhost=github-sample");
    await expect(page.getByRole("link", { name: "audit.everything" })).toBeVisible();
    await expect
      .poll(async () => (await (await api.get("/api/queues/github-sample/audit.everything")).json()).messages)
      .toBeGreaterThan(5);
  });

  await test.step("a payload is read, and reading changes nothing", async () => {
    await page.goto("/queues/github-sample/audit.everything/messages");
    const rows = page.getByRole("grid", { name: /Messages/ }).getByRole("row");
    await rows.nth(1).click();
    await expect(page.getByText('"repository"').first()).toBeVisible();
    const peeked = await (await api.get("/api/queues/github-sample/audit.everything/messages?limit=1")).json();
    expect(peeked.messages?.[0] ?? peeked.items?.[0]).toMatchObject({ redelivered: false });
  });

  await test.step("a message is published, and the form says where it goes before it is sent", async () => {
    await page.goto("/publish?vhost=github-sample&exchange=github.events&key=issues.opened");
    await expect(page.getByRole("heading", { name: "Goes to 2 queues" })).toBeVisible();
    await page.getByRole("button", { name: /^Publish to 2 queues/ }).click();
    await expect(page.getByText(/issues\.triage/).first()).toBeVisible();
  });

  await test.step("there are dead letters with real causes", async () => {
    await expect
      .poll(async () => (await (await api.get("/api/dead-letters/count?vhost=github-sample")).json()).count, {
        timeout: 60_000,
      })
      .toBeGreaterThan(2);
    await page.goto("/dead-letters?vhost=github-sample&q=reason:rejected");
    await expect(page.getByText(/TypeError: Cannot read properties of/).first()).toBeVisible();
    await expectAccessible(page);
  });

  await page.goto("/");
  await page.getByRole("button", { name: "Stop the sample" }).click();
  await expect(page.getByRole("button", { name: "Start the sample" })).toBeVisible();
  await page.getByRole("button", { name: "Remove the sample…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the sample" }).click();
  await expect.poll(async () => (await api.get("/api/vhosts/github-sample")).status()).toBe(404);
});
