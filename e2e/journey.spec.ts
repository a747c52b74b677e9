import { expect, expectAccessible, test } from "./support/fixtures";

// One person's first quarter of an hour with Warren, on the sample workload's real payloads.
test("the sample: queues fill, a payload is read, a message published, dead letters retried, discarded and taken back", async ({
  page,
  api,
}) => {
  await page.goto("/");
  await page.getByRole("button", { name: "Start the sample" }).click();
  await expect(page.getByRole("button", { name: "Stop the sample" })).toBeVisible();
  await expectAccessible(page);

  await test.step("queues fill", async () => {
    await page.goto("/queues?vhost=github-sample");
    await expect(page.getByRole("link", { name: "audit.everything", exact: true })).toBeVisible();
    await expect
      .poll(async () => (await (await api.get("/api/queues/github-sample/audit.everything")).json()).messages)
      .toBeGreaterThan(5);
  });

  await test.step("its programs are connected, and the slow ones are busy", async () => {
    await page.goto("/consumers?vhost=github-sample");
    const rows = page.getByRole("grid", { name: "Consumers" }).getByRole("row");
    for (const name of ["reviewer 1", "reviewer 2"]) {
      await expect(rows.filter({ hasText: name })).toContainText("busy");
    }
    await page.goto("/connections?vhost=github-sample");
    await expect(page.getByText("github webhooks").first()).toBeVisible();
  });

  await test.step("a payload is read, and reading changes nothing", async () => {
    await page.goto("/queues/github-sample/audit.everything/messages?order=newest");
    const rows = page.getByRole("grid", { name: /Messages/ }).getByRole("row");
    await rows.nth(1).click();
    // Whichever webhook came last: its payload is JSON with names and values.
    await expect(page.getByRole("tree", { name: "Body as a tree" })).toContainText(/"\w+":/);
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
    await page.goto("/dead-letters?vhost=github-sample");
    await expect(page.getByText(/Error: /).first()).toBeVisible();
    await expectAccessible(page);
  });

  await test.step("with the workers stopped, one is retried, another discarded and taken back", async () => {
    await page.goto("/");
    await page.getByRole("button", { name: "Stop the sample" }).click();
    await expect(page.getByRole("button", { name: "Start the sample" })).toBeVisible();
    const rows = page.getByRole("grid", { name: "Dead letters" }).locator("tr.row");
    await page.goto("/dead-letters?vhost=github-sample&q=reason:rejected");
    await expect(rows.first()).toBeVisible();
    const count = async () =>
      (await (await api.get("/api/dead-letters/count?vhost=github-sample&reason=rejected")).json()).count as number;
    // What was under way when the workers stopped may still arrive.
    await expect
      .poll(async () => {
        const before = await count();
        await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 1_000)));
        return (await count()) - before;
      })
      .toBe(0);
    const before = await count();

    await rows.first().click();
    await page.getByRole("button", { name: "Retry", exact: true }).click();
    await expect(page.getByText("1 message sent back to its queue")).toBeVisible();
    expect(await count()).toBe(before - 1);

    await rows.first().locator("[data-tick]").click();
    await page.getByRole("button", { name: "Discard 1…" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Discard 1 message" }).click();
    await expect(page.getByText("1 dead letter is in the trash")).toBeVisible();
    expect(await count()).toBe(before - 2);
    await page.getByRole("button", { name: /^Undo/ }).click();
    await expect.poll(count).toBe(before - 1);
  });

  await page.goto("/");
  await page.getByRole("button", { name: "Remove the sample…" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the sample" }).click();
  await expect.poll(async () => (await api.get("/api/vhosts/github-sample")).status()).toBe(404);
});
