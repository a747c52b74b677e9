import { expect, expectAccessible, leave, makeQueue, test } from "@/e2e/support/fixtures";

test("a policy is written with what it matches in sight, changed, and deleted", async ({ page, api, vhost }, info) => {
  for (const name of ["orders.new", "orders.paid", "parcels"]) await makeQueue(api, vhost, name);
  await page.goto(`/policies?vhost=${vhost}`);
  await expect(page.getByRole("heading", { name: `No policies in ${vhost}` })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: "Add policy" }).click();
  const panel = page.getByRole("region", { name: "Policy", exact: true });
  await panel.getByRole("textbox", { name: "Name", exact: true }).fill("short");
  const matches = panel.getByRole("region", { name: "What it matches" });
  const pattern = panel.getByRole("textbox", { name: "Pattern" });
  await expect(matches).toContainText("3 queues");
  await pattern.fill("(");
  await expect(matches.getByText(/pattern/i)).toBeVisible();
  await pattern.fill("^orders[.]");
  await expect(matches).toContainText("2 queues and what is made later");
  await expect(matches.getByRole("link", { name: "orders.paid" })).toBeVisible();
  await panel.getByRole("textbox", { name: /max-length$/ }).fill("7");
  await panel.getByRole("textbox", { name: /message-ttl/ }).fill("86400000");
  await expect(panel.getByText("1d", { exact: true })).toBeVisible();
  await panel.getByRole("textbox", { name: "Other settings, as JSON" }).fill('{"queue-mode": "lazy"}');
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("policy-form.png") });
  await panel.getByRole("button", { name: "Add the policy" }).click();
  const grid = page.getByRole("grid", { name: "Policies" });
  await expect(grid.locator("tr.row")).toHaveCount(1);
  await expect
    .poll(async () => (await (await api.get(`/api/queues/${vhost}/orders.new`)).json()).effective_policy_definition)
    .toEqual({ "max-length": 7, "message-ttl": 86_400_000, "queue-mode": "lazy" });

  await expect(panel.getByRole("heading", { name: "short" })).toBeVisible();
  await pattern.fill("paid$");
  await expect(matches).toContainText("1 that has it now loses it");
  await panel.getByRole("button", { name: "Save the policy" }).click();
  await expect(grid).toContainText("paid$");
  await expect(matches).not.toContainText("loses it");
  await page.screenshot({ path: info.outputPath("policies.png") });

  await panel.getByRole("button", { name: "Delete…" }).click();
  const dialog = page.getByRole("dialog", { name: "Delete the policy short" });
  await dialog.getByRole("textbox").fill("short");
  await dialog.getByRole("button", { name: "Delete the policy" }).click();
  await expect(page.getByRole("heading", { name: `No policies in ${vhost}` })).toBeVisible();
  expect(await (await api.get(`/api/policies/${vhost}`)).json()).toEqual([]);
});

test("what somebody else does meanwhile is shown, and not overwritten unseen", async ({ page, api, vhost }) => {
  const put = (name: string, length: number) =>
    api.put(`/api/policies/${vhost}/${encodeURIComponent(name)}`, {
      data: { pattern: "^a", definition: { "max-length": length }, "apply-to": "queues" },
    });
  const hostile = "a/b ‮<b>%2F?";
  await put(hostile, 1);
  await page.goto(`/policies?vhost=${vhost}`);
  const grid = page.getByRole("grid", { name: "Policies" });
  await grid.locator("tr.row").first().click();
  const panel = page.getByRole("region", { name: "Policy", exact: true });
  const length = panel.getByRole("textbox", { name: /max-length$/ });
  await length.fill("5");
  await put(hostile, 2);
  await expect(panel.getByText("Somebody has changed this policy meanwhile.")).toBeVisible();
  await panel.getByRole("button", { name: "Save the policy" }).click();
  await expect(panel.getByRole("alert")).toContainText("Somebody was first.");
  await expect(length).toHaveValue("5");
  await panel.getByRole("button", { name: "Show the policy as it is now" }).click();
  await expect(length).toHaveValue("2");
  await length.fill("6");
  await put(hostile, 3);
  await panel.getByRole("button", { name: "keep what I typed" }).click();
  await panel.getByRole("button", { name: "Save the policy" }).click();
  await expect(grid).toContainText("max-length 6");

  await api.delete(`/api/policies/${vhost}/${encodeURIComponent(hostile)}`);
  await expect(panel.getByText("Somebody has deleted this policy meanwhile.")).toBeVisible();
  await panel.getByRole("button", { name: "Make it a new policy" }).click();
  await panel.getByRole("button", { name: "Add the policy" }).click();
  await expect(grid.locator("tr.row")).toHaveCount(1);
  // A name that another has is not taken over.
  await page.getByRole("button", { name: "Add policy" }).click();
  await panel.getByRole("textbox", { name: "Name", exact: true }).fill(hostile);
  await expect(panel.getByText("Another policy has this name.")).toBeVisible();
});

test("operator policies have fewer settings; what the server refuses is said where it happens", async ({
  page,
  api,
  vhost,
}, info) => {
  await makeQueue(api, vhost, "orders", { "x-max-length": 500 });
  await page.goto(`/policies?vhost=${vhost}`);
  await page.getByRole("link", { name: "Operator policies" }).click();
  await page.getByRole("button", { name: "Add operator policy" }).click();
  const operators = page.getByRole("region", { name: "Operator policy" });
  await expect(operators.getByRole("textbox", { name: /dead-letter-exchange/ })).toHaveCount(0);
  await operators.getByRole("textbox", { name: "Name", exact: true }).fill("cap");
  await operators.getByRole("textbox", { name: /max-length$/ }).fill("100");
  await operators.getByRole("button", { name: "Add the policy" }).click();
  await expect(page.getByRole("grid", { name: "Operator policies" })).toContainText("cap");

  await page.goto(`/policies?vhost=${vhost}&add=true`);
  const panel = page.getByRole("region", { name: "Policy", exact: true });
  await panel.getByRole("textbox", { name: "Name", exact: true }).fill("odd");
  await panel.getByRole("textbox", { name: "Other settings, as JSON" }).fill('{"no-such-setting": 1}');
  await panel.getByRole("button", { name: "Add the policy" }).click();
  await expect(panel.getByRole("alert")).toContainText("not recognised policy settings");

  // The queue's page leads to what applies to it.
  await api.put(`/api/policies/${vhost}/failures`, {
    data: { pattern: "", definition: { "dead-letter-exchange": "amq.fanout", "delivery-limit": 3 } },
  });
  await page.goto(`/queues/${vhost}/orders`);
  const failures = page.locator("section", { has: page.getByRole("heading", { name: "Where failures go" }) });
  await expect(failures.getByRole("link", { name: "amq.fanout" })).toBeVisible();
  await expect(failures).toContainText("by a policy");
  await page.goto(`/queues/${vhost}/orders/arguments`);
  const policies = page.getByRole("region", { name: "Policies" });
  await expect(policies).toContainText("max-length100500 is declared");
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("queue-policies.png") });
  await page.goto(`/exchanges/${vhost}/amq.topic`);
  await expect(page.getByRole("link", { name: "failures" })).toBeVisible();
  await page.goto(`/queues/${vhost}/orders`);
  await page.getByRole("banner").or(page.locator("header")).getByRole("link", { name: "cap" }).click();
  await expect(operators.getByRole("textbox", { name: /max-length$/ })).toHaveValue("100");

  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto(`/policies?vhost=${vhost}&tab=operator`);
  await page.getByText("cap", { exact: true }).click();
  await expect(operators.getByRole("button", { name: "Save the policy" })).toBeVisible();
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("policies-phone.png") });
});

test("limits of virtual hosts and users are set and taken away", async ({ page, api, vhost }, info) => {
  await makeQueue(api, vhost, "only");
  await page.goto(`/policies?vhost=${vhost}`);
  await page.getByRole("link", { name: "Limits", exact: true }).click();
  const vhosts = page.getByRole("grid", { name: "Limits of virtual hosts" });
  await expect(vhosts.locator("tr.row")).toHaveCount(1);
  await expect(vhosts).toContainText("1, no limit");
  await expectAccessible(page);
  await vhosts.getByRole("button", { name: `Change the limits of ${vhost}` }).click();
  const dialog = page.getByRole("dialog", { name: `Limits of ${vhost}` });
  await dialog.getByRole("textbox", { name: /max-queues/ }).fill("1");
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("limits-dialog.png") });
  await dialog.getByRole("button", { name: "Set the limits" }).click();
  await expect(dialog).toBeHidden();
  await expect(vhosts).toContainText("full");
  await expect(vhosts).toContainText("1 of 1");
  expect((await api.put(`/api/queues/${vhost}/second`, { data: {} })).ok()).toBe(false);
  await page.screenshot({ path: info.outputPath("limits.png") });
  // Another tab, or rabbitmqctl.
  await api.delete(`/api/vhost-limits/${vhost}/max-queues`);
  await expect(vhosts).toContainText("1, no limit");

  const user = `clerk-${vhost}`;
  await api.put(`/api/users/${user}`, { data: { password: "x", tags: "" } });
  await page.getByRole("button", { name: "Users" }).click();
  await page.getByRole("textbox", { name: "Filter the users" }).fill(user);
  await page.getByRole("grid", { name: "Limits of users" }).locator("tr.row").first().click();
  const ofUser = page.getByRole("dialog", { name: `Limits of ${user}` });
  await ofUser.getByRole("textbox", { name: /max-channels/ }).fill("0");
  await ofUser.getByRole("button", { name: "Set the limits" }).click();
  await expect(page.getByRole("grid", { name: "Limits of users" })).toContainText("0 of 0");
  expect(await (await api.get(`/api/user-limits/${user}`)).json()).toEqual([{ user, value: { "max-channels": 0 } }]);
  await api.delete(`/api/users/${user}`);
});

test("who may only look sees policies and limits, and is told what a change needs", async ({
  page,
  api,
  vhost,
  baseURL,
}) => {
  const name = `looker-${vhost}`;
  await api.put(`/api/users/${name}`, { data: { password: "look", tags: "management" } });
  await api.put(`/api/permissions/${vhost}/${name}`, { data: { configure: "", write: "", read: ".*" } });
  await api.put(`/api/policies/${vhost}/seen`, { data: { pattern: "", definition: { "max-length": 1 } } });
  await page.request.post("/api/login", {
    data: { username: name, password: "look" },
    headers: { origin: baseURL ?? "" },
  });
  await page.goto(`/policies?vhost=${vhost}`);
  await page.getByRole("grid", { name: "Policies" }).getByText("seen").click();
  await expect(page.getByRole("button", { name: "Add policy" })).toHaveAttribute("aria-disabled", "true");
  const panel = page.getByRole("region", { name: "Policy", exact: true });
  await expect(panel.getByRole("button", { name: "Delete…" })).toHaveAttribute("aria-disabled", "true");
  await expect(panel.getByText("This needs the tag policymaker or administrator").first()).toBeAttached();
  await page.goto(`/policies?vhost=${vhost}&tab=limits`);
  await expect(page.getByRole("grid", { name: "Limits of virtual hosts" })).toContainText("no limit");
  await page.getByRole("button", { name: "Users" }).click();
  await expect(page.getByRole("heading", { name: "Only administrators see the limits of users" })).toBeVisible();
  await leave(page);
  await api.delete(`/api/users/${name}`);
});
