import { expect, expectAccessible, makeQueue, test } from "@/e2e/support/fixtures";

test("a policy is written with what it matches in sight, changed, and deleted", async ({ page, api, vhost }, info) => {
  for (const name of ["orders.new", "orders.paid", "parcels"]) await makeQueue(api, vhost, name);
  await page.goto(`/policies?vhost=${vhost}`);
  await expect(page.getByRole("heading", { name: `No policies in ${vhost}` })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add a policy" }).first().click();
  const panel = page.getByRole("region", { name: "Policy" });
  await panel.getByRole("textbox", { name: "Name", exact: true }).fill("short");
  const matches = panel.getByRole("region", { name: "What it matches" });
  await panel.getByRole("textbox", { name: "For names that match" }).fill("(");
  await expect(matches.getByText(/pattern/i)).toBeVisible();
  await panel.getByRole("textbox", { name: "For names that match" }).fill("^orders[.]");
  await expect(matches).toContainText("2 queues");
  await expect(matches.getByRole("link", { name: "orders.paid" })).toBeVisible();
  await panel.getByRole("textbox", { name: /max-length$/ }).fill("7");
  await panel.getByRole("textbox", { name: "Other settings, as JSON" }).fill('{"queue-mode": "lazy"}');
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("policy-form.png") });
  await panel.getByRole("button", { name: "Add the policy" }).click();
  const grid = page.getByRole("grid", { name: "Policies" });
  await expect(grid.locator("tr.row")).toHaveCount(1);
  await expect
    .poll(async () => (await (await api.get(`/api/queues/${vhost}/orders.new`)).json()).effective_policy_definition)
    .toEqual({ "max-length": 7, "queue-mode": "lazy" });

  await expect(panel.getByRole("heading", { name: "short" })).toBeVisible();
  await panel.getByRole("textbox", { name: "For names that match" }).fill("paid$");
  await expect(matches).toContainText("1 that have it now would lose it");
  await panel.getByRole("button", { name: "Save the policy" }).click();
  await expect(panel).toBeHidden();
  await expect(grid).toContainText("paid$");
  await page.screenshot({ path: info.outputPath("policies.png") });

  await grid.locator("tr.row").first().click();
  await panel.getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete the policy short" });
  await dialog.getByRole("textbox").fill("short");
  await dialog.getByRole("button", { name: "Delete the policy" }).click();
  await expect(page.getByRole("heading", { name: `No policies in ${vhost}` })).toBeVisible();
  expect(await (await api.get(`/api/policies/${vhost}`)).json()).toEqual([]);
});

test("operator policies have fewer settings; what the server refuses is said; a phone shows them", async ({
  page,
  api,
  vhost,
}, info) => {
  await makeQueue(api, vhost, "orders");
  await page.goto(`/policies?vhost=${vhost}&tab=operator`);
  await page.getByRole("button", { name: "Add an operator policy" }).first().click();
  const panel = page.getByRole("region", { name: "Policy" });
  await expect(panel.getByRole("textbox", { name: /dead-letter-exchange/ })).toHaveCount(0);
  await panel.getByRole("textbox", { name: "Name", exact: true }).fill("cap");
  await panel.getByRole("textbox", { name: /max-length$/ }).fill("100");
  await panel.getByRole("button", { name: "Add the policy" }).click();
  await expect(page.getByRole("grid", { name: "Operator policies" })).toContainText("cap");
  await page.goto(`/policies?vhost=${vhost}&add=true`);
  await panel.getByRole("textbox", { name: "Name", exact: true }).fill("odd");
  await panel.getByRole("textbox", { name: "Other settings, as JSON" }).fill('{"no-such-setting": 1}');
  await panel.getByRole("button", { name: "Add the policy" }).click();
  await expect(panel.getByRole("alert")).toContainText("not recognised policy settings");

  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`/policies?vhost=${vhost}&tab=operator`);
  await expect(page.getByText("cap", { exact: true })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("policies-phone.png") });
});
