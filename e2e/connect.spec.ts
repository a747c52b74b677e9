import { spawn } from "node:child_process";
import { expect, expectAccessible, makeQueue, test } from "@/e2e/support/fixtures";

test("the code to copy connects, as it stands", async ({ page, api, vhost }) => {
  await page.goto(`/connect?vhost=${vhost}&queue=by-hand`);
  await page.getByRole("textbox", { name: "Port" }).fill(process.env.WARREN_E2E_AMQP_PORT ?? "5672");
  const code = page.getByRole("region", { name: "Code" }).locator("pre").last();
  await expect(code).toContainText(`vhost: "${vhost}"`);
  await expect(code).not.toContainText("guest:guest");
  await expectAccessible(page);
  await makeQueue(api, vhost, "by-hand");
  // As a file of the project would be run, with the password that it asks for.
  const program = spawn(process.execPath, ["--input-type=module", "-e", (await code.textContent()) ?? ""], {
    env: { ...process.env, WARREN_PASSWORD: "guest" },
  });
  const said = new Promise<string>((resolve) => program.stdout.once("data", (bytes) => resolve(String(bytes))));
  expect(await said).toContain("hello");
  program.kill();

  await page.getByRole("combobox", { name: "With" }).selectOption("pika");
  await expect(code).toContainText("import pika");
  await expect(page).toHaveURL(/with=pika/);
});

test("what is filled in late does not come between the letters that somebody types", async ({ page, vhost }) => {
  let tell = () => {};
  const told = new Promise<void>((resolve) => {
    tell = resolve;
  });
  await page.route("**/api/overview*", async (route) => {
    await told;
    await route.continue();
  });
  await page.goto(`/connect?vhost=${vhost}`);
  const port = page.getByRole("textbox", { name: "Port" });
  await port.fill("");
  await port.pressSequentially("56");
  const answer = page.waitForResponse(/\/api\/overview/);
  tell();
  await (await answer).finished();
  await expect(port).toHaveValue("56");
  await port.pressSequentially("73");
  await expect(port).toHaveValue("5673");
  const code = page.getByRole("region", { name: "Code" }).locator("pre").last();
  await expect(code).toContainText("port: 5673,");
  await port.pressSequentially("99");
  await expect(page.getByText("The highest port is 65535.")).toBeVisible();
  await port.fill("");
  await port.blur();
  await expect(port).toHaveValue(process.env.WARREN_E2E_AMQP_PORT ?? "5672");
});

test("a newcomer sends a message, breaks the worker, and finds the dead letter", async ({ page, api }) => {
  await page.goto("/connect");
  await page.getByRole("button", { name: "Start the sample" }).click();
  await page.getByRole("link", { name: /Send a message/ }).click();
  await page.getByRole("button", { name: /^Publish to 2 queues/ }).click();
  await page.getByRole("status").getByRole("link", { name: "Its timeline" }).click();
  await expect(page.getByText(/acknowledged/i).first()).toBeVisible();

  await page.goto("/connect");
  await page.getByRole("link", { name: /Break the worker/ }).click();
  await page.getByRole("button", { name: /^Publish to 2 queues/ }).click();
  await expect
    .poll(async () => {
      const letters = await api.get("/api/dead-letters?vhost=github-sample&q=Tried%20by%20hand");
      return ((await letters.json()) as { items: unknown[] }).items.length;
    })
    .toBeGreaterThan(0);
  await page.goto("/");
  await page.getByRole("link", { name: "Follow a message" }).click();
  const find = page.getByRole("link", { name: /Find the dead letter/ });
  await expect(find).toBeInViewport();
  await find.click();
  await expect(page.getByText(/TypeError|Error: /).first()).toBeVisible();
  await api.delete("/api/sample");
  await expect.poll(async () => (await api.get("/api/vhosts/github-sample")).status()).toBe(404);
});
