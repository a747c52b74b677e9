import { type ConsoleSide, callApi } from "@/bench/console/side";
import { onlyRow } from "@/bench/console/warren-side";
import { ownChildren } from "@/bench/process-cpu";
import { startRabbitMq } from "@/test/conformance/rabbitmq-server";

/** A real RabbitMQ with its management pages, on free ports and with data of its own. */
export async function openRabbitMqSide(): Promise<ConsoleSide> {
  const before = new Set(ownChildren());
  const server = await startRabbitMq({ asInProduction: true, management: true });
  const origin = server.management;
  const side: ConsoleSide = {
    name: "RabbitMQ",
    version: "",
    origin,
    processes: ownChildren().filter((pid) => !before.has(pid)),
    signIn: async (context) => {
      const page = await context.newPage();
      await page.goto(origin);
      await page.locator("input[name=username]").fill("guest");
      await page.locator("input[name=password]").fill("guest");
      await page.locator("input[type=submit]").click();
      await page.locator("#main h1").waitFor();
      await page.close();
    },
    openList: async (page, total) => {
      await page.goto(`${origin}/#/queues`);
      await page.getByText(`All queues (${total})`).waitFor();
      await page.locator("table.list tbody tr").first().waitFor();
    },
    findQueue: async (page, name) => {
      const field = page.locator("#queues-name");
      await field.fill(name);
      await field.press("Enter");
      await onlyRow(page, "table.list tbody tr", name);
    },
    openQueue: async (page, name) => {
      await page.locator("table.list").getByRole("link", { name, exact: true }).click();
      await page.getByRole("heading", { level: 1, name: `Queue ${name}` }).waitFor();
      await page.locator("table.facts").first().waitFor();
    },
    openForm: async (page) => {
      await page.getByRole("heading", { level: 2, name: "Publish message" }).click();
      await page.locator("textarea[name=payload]").waitFor();
    },
    send: async (page) => {
      await page.locator("input[type=submit][value='Publish message']").click();
      await page.getByText("Message published.").waitFor();
    },
    visitQueue: async (page, name) => {
      await page.goto(`${origin}/#/queues/%2F/${name}`);
      await page.getByRole("heading", { level: 1, name: `Queue ${name}` }).waitFor();
      await page.locator("table.facts").first().waitFor();
    },
    // Of its details: state, consumers, then a table of messages by their state, "Total" and "Ready" first.
    seesReady: async (page, ready) => {
      await page.waitForFunction((wanted) => {
        const facts = [...document.querySelectorAll("table.facts tr")];
        const row = facts.find((each) => each.querySelector("th")?.textContent?.trim().startsWith("Messages"));
        return [...(row?.querySelectorAll("td") ?? [])][1]?.textContent?.trim() === String(wanted);
      }, ready);
    },
    stop: () => server.stop(),
  };
  const overview = (await callApi(side, "GET", "/api/overview")) as { readonly rabbitmq_version: string };
  return { ...side, version: overview.rabbitmq_version };
}
