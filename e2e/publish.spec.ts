import type { APIRequestContext } from "@playwright/test";
import { expect, expectAccessible, makeQueue, test } from "./support/fixtures";

/** An exchange `orders` of type topic with three bindings, one through another exchange. */
async function makeTopology(api: APIRequestContext, vhost: string) {
  const exchange = (name: string, type: string) =>
    api.put(`/api/exchanges/${vhost}/${name}`, {
      data: { type, durable: true, auto_delete: false, internal: false, arguments: {} },
    });
  const bind = (source: string, kind: "q" | "e", to: string, key: string) =>
    api.post(`/api/bindings/${vhost}/e/${source}/${kind}/${to}`, { data: { routing_key: key, arguments: {} } });
  await exchange("orders", "topic");
  await exchange("audit", "fanout");
  for (const queue of ["orders.payment", "audit.orders", "stock.release"]) await makeQueue(api, vhost, queue);
  await bind("orders", "q", "orders.payment", "order.placed.#");
  await bind("orders", "q", "stock.release", "order.cancelled.#");
  await bind("orders", "e", "audit", "order.#");
  await bind("audit", "q", "audit.orders", "");
}

const messagesOf = async (api: APIRequestContext, vhost: string, queue: string) =>
  (await (await api.get(`/api/queues/${vhost}/${queue}/messages?limit=500`)).json()).items as {
    payload: string;
    routing_key: string;
    properties: Record<string, unknown>;
  }[];

test("the preview follows each keystroke, and what is sent is what stood in the form", async ({ page, api, vhost }) => {
  await makeTopology(api, vhost);
  await page.goto(`/publish?vhost=${vhost}&exchange=orders`);
  await expect(page.getByRole("heading", { name: "Goes nowhere" })).toBeVisible();
  const key = page.getByRole("textbox", { name: "Routing key" });
  await key.fill("order.placed.eu");
  await expect(page.getByRole("heading", { name: "Goes to 2 queues" })).toBeVisible();
  await expect(page.getByText("word 2 is “placed”, this wants “cancelled”")).toBeVisible();
  await expect(page).toHaveURL(/key=order\.placed\.eu/);

  await page.getByRole("button", { name: "Add header" }).click();
  await page.getByRole("textbox", { name: "Header name" }).last().fill("tenant");
  await page.getByRole("textbox", { name: "Value of header tenant" }).fill("acme");
  await page.getByRole("button", { name: "Add header" }).click();
  await page.getByRole("textbox", { name: "Header name" }).last().fill("attempt");
  await page.getByRole("combobox", { name: "Type of header attempt" }).selectOption("number");
  await page.getByRole("textbox", { name: "Value of header attempt" }).fill("one");
  await expect(page.getByText("Not a number")).toBeVisible();
  await page.getByRole("textbox", { name: "Value of header attempt" }).fill("1");
  await page.getByRole("button", { name: /^8 more/ }).click();
  await page.getByRole("textbox", { name: "priority" }).fill("7");
  await page.getByRole("textbox", { name: "Body" }).fill('{"id": 42}');
  await expect(page.getByText("Valid JSON")).toBeVisible();
  await expectAccessible(page);

  // A reload keeps what was typed.
  await page.reload();
  await expect(page.getByRole("textbox", { name: "Value of header tenant" })).toHaveValue("acme");
  await expect(page.getByRole("button", { name: /^Publish to 2 queues/ })).toBeVisible();
  await page.getByRole("textbox", { name: "Body" }).press("Control+Enter");
  await expect(page.getByRole("status").filter({ hasText: "1 message stored" })).toContainText(
    "orders.payment and audit.orders",
  );

  expect(await messagesOf(api, vhost, "orders.payment")).toMatchObject([
    {
      payload: '{"id": 42}',
      routing_key: "order.placed.eu",
      properties: {
        content_type: "application/json",
        delivery_mode: 2,
        priority: 7,
        headers: { tenant: "acme", attempt: 1 },
      },
    },
  ]);
});

test("says when no queue takes it, and when the exchange is not there", async ({ page, vhost }) => {
  await page.goto(`/publish?vhost=${vhost}&exchange=&key=nowhere`);
  await expect(page.getByRole("heading", { name: "Goes nowhere" })).toBeVisible();
  await page.getByRole("button", { name: /^Publish to no queue/ }).click();
  await expect(page.getByText("Published, but no queue took it: nothing was stored.")).toBeVisible();

  await page.goto(`/publish?vhost=${vhost}&exchange=order&key=x`);
  await expect(page.getByText("It can't be published so.")).toBeVisible();
  await page
    .getByRole("button", { name: /^Publish/ })
    .last()
    .click();
  await expect(page.getByRole("alert").filter({ hasText: "The message was not published." })).toContainText(
    "Nothing was stored.",
  );
});

test("sends several with their numbers filled in", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "many");
  await page.goto(`/publish?vhost=${vhost}&exchange=&key=many`);
  await expect(page.getByRole("heading", { name: "Goes to 1 queue" })).toBeVisible();
  await page.getByRole("textbox", { name: "Body" }).fill('{"n": {{n}}, "id": "{{uuid}}"}');
  await page.getByRole("textbox", { name: "How many" }).fill("12");
  await page.getByRole("textbox", { name: "Messages per second" }).fill("200");
  await page.getByRole("button", { name: /^Publish 12 to 1 queue/ }).click();
  await expect(page.getByText("12 messages stored")).toBeVisible();
  const bodies = (await messagesOf(api, vhost, "many")).map(
    ({ payload }) => JSON.parse(payload) as { n: number; id: string },
  );
  expect(bodies.map(({ n }) => n).sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1));
  expect(new Set(bodies.map(({ id }) => id)).size).toBe(12);
});

test("a form is kept as a template, loaded again, and deleted", async ({ page, vhost }) => {
  const name = `e2e ${vhost}`;
  await page.goto(`/publish?vhost=${vhost}&exchange=amq.topic&key=from.template`);
  await expect(page.getByRole("heading", { name: "Goes nowhere" })).toBeVisible();
  await page.getByRole("textbox", { name: "Body" }).fill('{"kept": true}');
  await page.getByRole("button", { name: "Save as template" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill(name);
  await page.getByRole("button", { name: "Save the template" }).click();
  await expect(page.getByRole("dialog")).toBeHidden();

  await page.goto(`/publish?vhost=${vhost}`);
  await expect(page.getByRole("heading", { name: "Goes nowhere" })).toBeVisible();
  await page.getByRole("textbox", { name: "Body" }).fill("other");
  await page.getByRole("button", { name: /^Templates/ }).click();
  await page.getByRole("menuitem", { name, exact: true }).click();
  await expect(page.getByRole("textbox", { name: "Routing key" })).toHaveValue("from.template");
  await expect(page.getByRole("textbox", { name: "Body" })).toHaveValue('{"kept": true}');
  await page.getByRole("button", { name: `Template: ${name}` }).click();
  await page.getByRole("menuitem", { name: `Delete ${name}…` }).click();
  await page.getByRole("button", { name: "Delete the template" }).click();
  await expect(page.getByRole("button", { name: "Templates" })).toBeVisible();
});

test("a message opens in the form as it is, and files become bodies", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "q");
  const headers = { tenant: "acme", list: ["a", "b"], nested: { x: [1, null] }, when: { "!timestamp": 5 } };
  await api.post(`/api/exchanges/${vhost}/amq.default/publish`, {
    data: {
      routing_key: "q",
      properties: { headers, type: "t", delivery_mode: 2 },
      payload: "plain text",
      payload_encoding: "string",
    },
  });
  await page.goto(`/messages?vhost=${vhost}`);
  await page.getByRole("grid", { name: "Messages" }).locator("tr.row").first().click();
  await page.getByRole("button", { name: "More actions" }).click();
  await page.getByRole("menuitem", { name: "Open in the publish form" }).click();
  await expect(page.getByRole("textbox", { name: "Body" })).toHaveValue("plain text");
  await expect(page.getByRole("textbox", { name: "type", exact: true })).toHaveValue("t");
  await page.getByRole("button", { name: /^Publish to 1 queue/ }).click();
  await expect(page.getByText("1 message stored")).toBeVisible();
  const [first, second] = await messagesOf(api, vhost, "q");
  expect(second?.properties).toEqual(first?.properties);

  const bytes = Buffer.from([0, 255, 1, 254]);
  await page
    .getByLabel("File for the body")
    .setInputFiles({ name: "blob.bin", mimeType: "application/x-blob", buffer: bytes });
  await expect(page.getByText("blob.bin")).toBeVisible();
  await page.getByRole("button", { name: /^Publish to 1 queue/ }).click();
  await expect.poll(async () => (await messagesOf(api, vhost, "q")).length).toBe(3);
  expect((await messagesOf(api, vhost, "q"))[2]).toMatchObject({
    payload: bytes.toString("base64"),
    payload_encoding: "base64",
    properties: { content_type: "application/x-blob" },
  });
});
