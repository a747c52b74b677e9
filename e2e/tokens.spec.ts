import { expect, expectAccessible, test } from "./support/fixtures";

test("a token is made, shown once, works, and is deleted", async ({ page, playwright, baseURL, vhost }, info) => {
  const name = `deploy ${vhost}`;
  await page.goto("/tokens");
  await expect(page.getByRole("heading", { name: "Tokens", level: 1 })).toBeVisible();
  await page.getByRole("button", { name: "Make a token" }).click();
  const make = page.getByRole("dialog", { name: "Make a token" });
  await make.getByLabel("Name", { exact: true }).fill(name);
  await make.getByLabel("Expires").selectOption("After 30 days");
  await expectAccessible(page);
  await make.getByRole("button", { name: "Make token" }).click();
  const shown = page.getByRole("dialog", { name: `Token ${name}` });
  await expect(shown.getByRole("button", { name: "Copy the token" })).toBeVisible();
  await expectAccessible(page);
  const secret = (await shown.locator("code").textContent()) ?? "";
  await shown.getByRole("button", { name: "I have copied it" }).click();

  const program = await playwright.request.newContext({
    ...(baseURL !== undefined && { baseURL }),
    extraHTTPHeaders: { authorization: `Bearer ${secret}` },
  });
  expect((await program.get("/api/whoami")).status()).toBe(200);
  // It only reads.
  expect((await program.put(`/api/queues/${vhost}/orders`, { data: {} })).status()).toBe(403);

  await page.reload();
  const row = page.getByRole("list", { name: "Tokens" }).getByRole("listitem").filter({ hasText: name });
  await expect(row).toContainText("only reads");
  await expect(row).toContainText("expires");
  expect(await page.content()).not.toContain(secret);
  await expectAccessible(page);
  await page.screenshot({ path: info.outputPath("tokens.png") });
  await page.setViewportSize({ width: 390, height: 844 });
  await page.emulateMedia({ colorScheme: "dark" });
  await expectAccessible(page);
  expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  await page.screenshot({ path: info.outputPath("tokens-phone.png") });

  await row.getByRole("button", { name: `Delete ${name}` }).click();
  const remove = page.getByRole("dialog", { name: `Delete ${name}` });
  await remove.getByLabel(`Type ${name} to confirm`).fill(name);
  await remove.getByRole("button", { name: "Delete token" }).click();
  await expect(remove).toBeHidden();
  await expect(row).toBeHidden();
  expect((await program.get("/api/whoami")).status()).toBe(401);
  await program.dispose();
});
