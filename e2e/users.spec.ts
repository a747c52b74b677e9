import { expect, expectAccessible, leave, test } from "./support/fixtures";

test("a user is added, allowed what it needs, changed and deleted", async ({ page, api, vhost }, info) => {
  const name = `clerk-${vhost}`;
  await page.goto("/users");
  await expect(page.getByRole("grid", { name: "Users" }).getByText("guest")).toBeVisible();
  await expectAccessible(page);

  await page.getByRole("button", { name: "Add user" }).click();
  const add = page.getByRole("dialog", { name: "Add a user" });
  await add.getByLabel("Name", { exact: true }).fill("guest");
  await add.getByLabel("Password", { exact: true }).fill("first secret");
  await add.getByLabel("The same again").fill("another");
  await expect(add.getByText("This is not the same.")).toBeVisible();
  await add.getByLabel("The same again").fill("first secret");
  await add.getByLabel("management").check();
  await expectAccessible(page);
  // A name that is taken would change that user: it is refused.
  await add.getByRole("button", { name: "Add user" }).click();
  await expect(add.getByRole("alert")).toContainText("There is a user guest already");
  await add.getByLabel("Name", { exact: true }).fill(name);
  await add.getByRole("button", { name: "Add user" }).click();
  const panel = page.getByRole("region", { name: `User ${name}` });
  await expect(panel.getByText("None: the user can't open any virtual host")).toBeVisible();

  await panel.getByRole("button", { name: "Add permission" }).click();
  const permission = page.getByRole("dialog", { name: `Permissions of ${name}` });
  await permission.getByLabel("Virtual host").selectOption(vhost);
  await permission.getByLabel(/^Declare and delete/).fill("");
  await permission.getByLabel(/^Take messages from/).fill("(");
  await permission.getByRole("button", { name: "Save permissions" }).click();
  await expect(permission.getByRole("alert")).toBeVisible();
  await permission.getByLabel(/^Take messages from/).fill("^orders");
  await permission.getByRole("button", { name: "Save permissions" }).click();
  await expect(panel.getByRole("list", { name: "Permissions", exact: true })).toContainText("^orders");
  expect(await (await api.get(`/api/permissions/${vhost}/${name}`)).json()).toMatchObject({
    ...{ configure: "", write: ".*", read: "^orders" },
  });

  await panel.getByRole("button", { name: "Add topic permission" }).click();
  const topic = page.getByRole("dialog", { name: `Topic permission of ${name}` });
  await topic.getByLabel("Virtual host").selectOption(vhost);
  await topic.getByLabel(/^Publish with keys like/).fill("^eu\\.");
  await topic.getByRole("button", { name: "Save permissions" }).click();
  await expect(panel.getByRole("list", { name: "Topic permissions" })).toContainText("^eu\\.");
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("user.png") });

  // Other tags leave the password alone; a new password replaces it.
  const loggedIn = async (password: string) =>
    (
      await page.request.get("/api/whoami", {
        headers: { authorization: `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}` },
      })
    ).status();
  await panel.getByRole("button", { name: "Change…" }).click();
  const change = page.getByRole("dialog", { name: `Change ${name}` });
  await change.getByLabel("monitoring").check();
  await change.getByLabel("Other tags, with commas").fill("night-shift");
  await change.getByRole("button", { name: "Save user" }).click();
  await expect(panel.getByText("night-shift")).toBeVisible();
  expect(await loggedIn("first secret")).toBe(200);
  await panel.getByRole("button", { name: "Change…" }).click();
  await change.getByRole("button", { name: "A new password" }).click();
  await change.getByLabel("Password", { exact: true }).fill("second secret");
  await change.getByLabel("The same again").fill("second secret");
  await change.getByRole("button", { name: "Save user" }).click();
  await expect(change).toBeHidden();
  // A node believes what it knew of a password for up to a second.
  await expect.poll(() => loggedIn("first secret")).toBe(401);
  expect(await loggedIn("second secret")).toBe(200);

  await panel.getByRole("button", { name: `Take the permissions in ${vhost} away` }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Take it away" }).click();
  await expect(panel.getByText("None: the user can't open any virtual host")).toBeVisible();

  await panel.getByRole("button", { name: "Delete…" }).click();
  const remove = page.getByRole("dialog", { name: `Delete ${name}` });
  await remove.getByLabel(`Type ${name} to confirm`).fill(name);
  await remove.getByRole("button", { name: "Delete user" }).click();
  await expect(remove).toBeHidden();
  await expect(page.getByRole("grid", { name: "Users" }).getByText(name)).toBeHidden();
  expect((await api.get(`/api/users/${name}`)).status()).toBe(404);
});

test("who isn't an administrator is told what is needed", async ({ page, api, vhost, baseURL }) => {
  const name = `looker-${vhost}`;
  await api.put(`/api/users/${name}`, { data: { password: "look", tags: "monitoring" } });
  await page.request.post("/api/login", {
    data: { username: name, password: "look" },
    headers: { origin: baseURL ?? "" },
  });
  await page.goto("/users");
  await expect(page.getByText("it needs one of the tags administrator")).toBeVisible();
  await expect(page.getByRole("button", { name: "Add user" })).toHaveAttribute("aria-disabled", "true");
  await leave(page);
  await api.delete(`/api/users/${name}`);
});

test("users on a phone in the dark", async ({ page }, info) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await page.goto("/users");
  await page.getByRole("grid", { name: "Users" }).getByText("guest").click();
  await expect(page.getByRole("list", { name: "Permissions", exact: true })).toBeVisible();
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.screenshot({ path: info.outputPath("users-phone.png") });
});
