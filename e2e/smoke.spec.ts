import { expect, test } from "@playwright/test";

test("Warren answers, and says its name", async ({ page }) => {
  const response = await page.goto("/");
  expect(response?.ok()).toBe(true);
  await expect(page).toHaveTitle(/Warren/);
  await expect(page).toHaveURL("/login?next=%2F");
  await expect(page.getByRole("button", { name: "Log in" })).toBeVisible();
});
