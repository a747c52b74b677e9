import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Page } from "@playwright/test";
import type { ConsoleSide } from "@/bench/console/side";
import { freePort } from "@/lib/platform/ports";
import { WARREN_VERSION } from "@/lib/version";
import { startProcess } from "@/test/support/warren-process";

/** A whole Warren as `npm start` starts it, on free ports and with data of its own. */
export async function openWarrenSide(): Promise<ConsoleSide> {
  const data = mkdtempSync(path.join(tmpdir(), "warren-bench-console-"));
  const [port, amqpPort] = [await freePort(), await freePort()];
  const environment = { PORT: String(port), AMQP_PORT: String(amqpPort), WARREN_DATA_DIR: data };
  const { child, ready } = startProcess({ environment, args: ["bin/bootstrap.mjs", "start"] });
  const origin = await ready;
  return {
    name: "Warren",
    version: WARREN_VERSION,
    origin,
    processes: child.pid === undefined ? [] : [child.pid],
    signIn: async (context) => {
      const data = { username: "guest", password: "guest" };
      const answer = await context.request.post(`${origin}/api/login`, { data, headers: { origin } });
      if (!answer.ok()) throw new Error(`Warren's login gave ${answer.status()}`);
    },
    openList: async (page, total) => {
      await page.goto(`${origin}/queues`);
      await page.getByRole("heading", { level: 1, name: "Queues" }).waitFor();
      await page.getByText(total.toLocaleString("en"), { exact: true }).first().waitFor();
      await page.locator("tr.row").first().waitFor();
    },
    findQueue: async (page, name) => {
      await page.getByRole("combobox", { name: "Filter the queues" }).fill(name);
      await onlyRow(page, "tr.row", name);
      // It is done when the address tells of it: an address that is written later takes back a page that was opened meanwhile.
      await page.waitForURL((url) => url.searchParams.get("q") === name);
    },
    openQueue: async (page, name) => {
      await page.locator("tr.row").getByRole("link", { name, exact: true }).click();
      await figures(page, name);
    },
    openForm: async (page) => {
      await page.getByRole("link", { name: "Publish", exact: true }).last().click();
      await page.getByRole("textbox", { name: "Body" }).waitFor();
    },
    send: async (page) => {
      await page.getByRole("button", { name: /^Publish to 1 queue/ }).click();
      await page.getByRole("status").filter({ hasText: "1 message stored" }).waitFor();
    },
    visitQueue: async (page, name) => {
      await page.goto(`${origin}/queues/%2F/${name}`);
      await figures(page, name);
    },
    seesReady: async (page, ready) => {
      const figure = page.locator("div").filter({ has: page.getByText("Ready", { exact: true }) });
      await figure
        .locator("dd")
        .filter({ hasText: new RegExp(`^${ready}$`) })
        .first()
        .waitFor();
    },
    stop: async () => {
      const ended = once(child, "exit");
      child.kill("SIGTERM");
      await ended;
      rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function figures(page: Page, name: string): Promise<void> {
  await page.getByRole("heading", { level: 1, name }).waitFor();
  await page.getByText("Body bytes").waitFor();
  await page
    .getByText(/^0 bytes$/)
    .first()
    .waitFor();
}

/** Waits until one row is left, and is the one that is meant. */
export async function onlyRow(page: Page, rows: string, name: string): Promise<void> {
  await page.waitForFunction(
    ([selector, text]) => {
      const found = document.querySelectorAll(selector ?? "");
      return found.length === 1 && found[0]?.textContent?.includes(text ?? "") === true;
    },
    [rows, name],
  );
}
