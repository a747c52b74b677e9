import amqp, { type ChannelModel, type ConsumeMessage } from "amqplib";
import { expect, expectAccessible, makeQueue, publishTo, test } from "./support/fixtures";

/** A worker that takes one message at a time and keeps it until it is told. */
class Worker {
  readonly messages: ConsumeMessage[] = [];
  readonly name: string;
  closedBecause: string | undefined;
  #connection: ChannelModel | undefined;
  #ack: (message: ConsumeMessage) => void = () => {};

  constructor(name: string) {
    this.name = name;
  }

  async start(url: string, queue: string): Promise<void> {
    const connection = await amqp.connect(url, { clientProperties: { connection_name: this.name } });
    this.#connection = connection;
    connection.on("error", () => {});
    connection.on("close", (error?: Error) => {
      this.closedBecause = error?.message ?? "by itself";
    });
    const channel = await connection.createChannel();
    await channel.prefetch(1);
    await channel.consume(queue, (message) => void (message && this.messages.push(message)));
    this.#ack = (message) => channel.ack(message);
  }

  /** What it holds, as text. */
  get bodies(): string[] {
    return this.messages.map(({ content }) => content.toString());
  }

  finish(): void {
    const message = this.messages.shift();
    if (message !== undefined) this.#ack(message);
  }

  async stop(): Promise<void> {
    if (this.closedBecause === undefined) await this.#connection?.close();
  }
}

test("two workers, what each holds, and a hand-over when one is closed from the console", async ({
  page,
  api,
  vhost,
}) => {
  // Six pages, and two programs beside them.
  test.slow();
  const queue = "tasks";
  const url = `amqp://guest:guest@127.0.0.1:${process.env.WARREN_E2E_AMQP_PORT ?? 5672}/${encodeURIComponent(vhost)}`;
  await makeQueue(api, vhost, queue);
  const [one, two] = [new Worker(`${vhost} one`), new Worker(`${vhost} two`)];
  try {
    await one.start(url, queue);
    await two.start(url, queue);
    for (const body of ["a", "b"]) await publishTo(api, vhost, queue, body);
    await expect.poll(() => [...one.bodies, ...two.bodies].toSorted()).toEqual(["a", "b"]);

    await test.step("the queue's page shows both, busy", async () => {
      await page.goto(`/queues/${vhost}/${queue}`);
      const consumers = page.getByRole("region", { name: "Consumers" });
      await expect(consumers).toContainText("2 busy: no spare capacity");
      for (const { name } of [one, two]) {
        const row = consumers.getByRole("row", { name: new RegExp(name) });
        await expect(row).toContainText("busy");
        await expect(row.getByRole("link", { name: /^Message \d+$/ })).toBeVisible();
      }
      await expectAccessible(page);
    });

    await test.step("more than they can take: all consumers are busy", async () => {
      for (let i = 0; i < 12; i++) await publishTo(api, vhost, queue, `more ${i}`);
      await expect(page.getByRole("region", { name: "Needs attention" })).toContainText(
        /All consumers busy|No consumer has room/,
      );
    });

    await test.step("the page of consumers, and from there the connection", async () => {
      await page.goto(`/consumers?vhost=${vhost}`);
      const list = page.getByRole("grid", { name: "Consumers" });
      await expect(list.getByRole("row").filter({ hasText: vhost })).toHaveCount(2);
      await expectAccessible(page);
      // In the list: on a slow machine the line above it names who is probably stuck.
      await list.getByRole("link", { name: one.name }).click();
      await expect(page).toHaveURL(/\/connections\?open=/);
      await expect(page.getByRole("region", { name: /^Connection / })).toContainText("holds 1 message");
      await expectAccessible(page);
    });

    const held = one.bodies[0];
    await test.step("it is closed, and told so", async () => {
      await page.getByRole("button", { name: "Close connection…" }).click();
      const dialog = page.getByRole("dialog", { name: `Close the connection of ${one.name}` });
      await expect(dialog).toContainText("1 message");
      await dialog.getByRole("button", { name: "Close connection" }).click();
      await expect(dialog).toBeHidden();
      await expect.poll(() => one.closedBecause).toContain("Closed via management plugin");
      await expect(page.getByText("This connection is closed.")).toBeVisible();
    });

    await test.step("its message moves to the other, live", async () => {
      await page.goto(`/queues/${vhost}/${queue}`);
      const consumers = page.getByRole("region", { name: "Consumers" });
      await expect(consumers).toContainText("1 busy: no spare capacity");
      await expect(consumers).not.toContainText(one.name);
      const link = consumers.getByRole("link", { name: /^Message \d+$/ });
      const before = await link.textContent();
      two.finish();
      await expect.poll(() => two.bodies[0]).toBe(held);
      expect(two.messages[0]?.fields.redelivered).toBe(true);
      await expect(link).not.toHaveText(before ?? "");
      await expect(consumers.getByRole("img", { name: /^1 acknowledged in the last minute/ })).toBeVisible();
    });
  } finally {
    await Promise.all([one.stop(), two.stop()]);
  }
});

test("nobody is connected: the lists say what belongs there", async ({ page, vhost }) => {
  await page.goto(`/connections?vhost=${vhost}`);
  await expect(page.getByText(`Nobody is connected to ${vhost}`)).toBeVisible();
  await expectAccessible(page);
  await page.goto(`/channels?vhost=${vhost}`);
  await expect(page.getByText(`No channel is open in ${vhost}`)).toBeVisible();
  await page.goto(`/consumers?vhost=${vhost}`);
  await expect(page.getByText(`No consumers in ${vhost}`)).toBeVisible();
});
