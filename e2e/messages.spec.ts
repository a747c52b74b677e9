import { gzipSync } from "node:zlib";
import type { APIRequestContext, Page } from "@playwright/test";
import { expect, expectAccessible, makeQueue, test } from "./support/fixtures";

async function publish(
  api: APIRequestContext,
  vhost: string,
  queue: string,
  payload: string | Buffer,
  properties: Record<string, unknown> = {},
) {
  const binary = typeof payload !== "string";
  const answer = await api.post(`/api/exchanges/${vhost}/amq.default/publish`, {
    data: {
      routing_key: queue,
      properties,
      payload: binary ? payload.toString("base64") : payload,
      payload_encoding: binary ? "base64" : "string",
    },
  });
  expect(await answer.json()).toMatchObject({ routed: true });
}

const rows = (page: Page) => page.getByRole("grid", { name: "Messages" }).locator("tr.row");
const panel = (page: Page) => page.getByRole("region", { name: /^Message \d+/ });

test("a message is found by a field of its body, read, and left as it was", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "orders.payment");
  for (let id = 40; id < 45; id++) {
    const body = JSON.stringify({ order: { id, amount: "129.90" }, customer: { name: "山田 太郎" } });
    await publish(api, vhost, "orders.payment", body, {
      content_type: "application/json",
      headers: { tenant: "acme" },
    });
  }
  const before = await (await api.get(`/api/queues/${vhost}/orders.payment/messages`)).json();

  await page.goto(`/messages?vhost=${vhost}`);
  await expect(rows(page)).toHaveCount(5);
  await page.keyboard.press("/");
  await page.keyboard.type("body.order.id:42 headers.tenant:acme");
  await page.keyboard.press("Enter");
  await expect(rows(page)).toHaveCount(1);
  await expect(page).toHaveURL(/q=body\.order\.id:42/);

  await rows(page).first().click();
  await expect(panel(page).getByRole("tree")).toContainText('"id": 42');
  await expect(panel(page).locator("mark", { hasText: "42" })).toBeVisible();
  await expect(panel(page).locator("mark", { hasText: "acme" })).toBeVisible();

  await panel(page)
    .getByRole("treeitem", { name: /"amount"/ })
    .hover();
  await panel(page).getByRole("button", { name: "Pin order.amount" }).click();
  await expect(page.getByRole("columnheader", { name: "amount" })).toBeVisible();
  await expect(rows(page).first()).toContainText("129.90");
  await expect(page).toHaveURL(/pins=order\.amount/);
  await expectAccessible(page);

  // What the address says is what another person sees.
  await page.reload();
  await expect(panel(page).getByRole("tree")).toContainText("山田 太郎");
  await expect(rows(page)).toHaveCount(1);
  await page.keyboard.press("Escape");
  await expect(panel(page)).toBeHidden();

  const after = await (await api.get(`/api/queues/${vhost}/orders.payment/messages`)).json();
  expect(after).toEqual(before);
});

test("j and k walk on while a message is open, and going back closes it", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "q");
  for (const letter of ["first", "second", "third"]) await publish(api, vhost, "q", `the ${letter} body`);
  await page.goto(`/messages?vhost=${vhost}&order=oldest`);
  await rows(page).first().click();
  await expect(panel(page)).toContainText("the first body");
  await page.keyboard.press("j");
  await expect(panel(page)).toContainText("the second body");
  await page.keyboard.press("j");
  await expect(panel(page)).toContainText("the third body");
  await page.keyboard.press("k");
  await expect(panel(page)).toContainText("the second body");
  await page.goBack();
  await expect(panel(page)).toBeHidden();
  await expect(rows(page)).toHaveCount(3);
});

test("hostile bodies and headers stay in their box, as text", async ({ page, api, vhost }) => {
  let ran = false;
  page.on("dialog", async (dialog) => {
    ran = true;
    await dialog.dismiss();
  });
  await makeQueue(api, vhost, "hostile");
  const attack = "<script>alert(1)</script><img src=x onerror=alert(2)>";
  await publish(api, vhost, "hostile", `${attack} \u202Eevil\u202C`, {
    headers: { "<b>x</b>": attack, "\u202Ekey": "\u202Egnp.exe" },
  });
  await publish(api, vhost, "hostile", `{"line":"${"x".repeat(1024 * 1024)}"}`, { content_type: "application/json" });
  await publish(api, vhost, "hostile", "y".repeat(1024 * 1024));
  await publish(api, vhost, "hostile", "one\u0000two three four");
  await publish(api, vhost, "hostile", Buffer.from([0, 1, 2, 0xff, 0xfe, 200, 201, 3, 4, 5, 6, 7]));
  await publish(
    api,
    vhost,
    "hostile",
    Buffer.concat([
      Buffer.from("a text with one wrong byte: "),
      Buffer.from([0xff]),
      Buffer.from(", and more of the text after it"),
    ]),
  );
  await publish(api, vhost, "hostile", gzipSync('{"zipped":true}'), { content_encoding: "gzip" });
  await publish(api, vhost, "hostile", '{"id": 12345678901234567890, "broken": tru}', {
    content_type: "application/json",
  });
  await publish(api, vhost, "hostile", "[".repeat(50_000));
  await publish(api, vhost, "hostile", "");

  await page.goto(`/messages?vhost=${vhost}&order=oldest`);
  await expect(rows(page)).toHaveCount(10);
  await rows(page).first().click();
  const body = () => panel(page).getByRole("region", { name: "Body", exact: true });
  const next = () => page.keyboard.press("j");

  await expect(body()).toContainText(attack);
  await expect(body().getByTitle("U+202E RLO")).toBeVisible();
  await expect(panel(page).getByRole("term").filter({ hasText: "<b>x</b>" })).toBeVisible();

  await next();
  await expect(body()).toContainText("The first 256 KiB of 1.0 MiB");
  await body().getByRole("button", { name: "Load all 1.0 MiB" }).click();
  await expect(body()).not.toContainText("The first 256 KiB");
  await expect(body()).toContainText("show all 1,048,576 characters");
  await body().getByRole("button", { name: "Raw" }).click();
  await expect(body().getByRole("region", { name: "Body as text" })).toContainText('{"line":"xxxx');

  await next();
  await expect(body()).toContainText("yyyyyyyyyy");
  await next();
  await expect(body().getByTitle("U+0000 NUL")).toBeVisible();
  await next();
  await expect(body()).toContainText("This is not text, so its bytes are shown.");
  await expect(body()).toContainText("Tried: UTF-8 (byte 3 (FF) can't stand there).");
  await expect(body().getByRole("region", { name: "Body in hexadecimal" })).toContainText("00 01 02 ff fe c8 c9 03");
  await next();
  await expect(body()).toContainText("Some bytes are not UTF-8");
  await next();
  await expect(body()).toContainText("Unpacked from gzip");
  await expect(body()).toContainText('{"zipped":true}');
  await next();
  await expect(body()).toContainText("Tried: JSON (line 1, column 40: “tru” is no value of JSON).");
  await expect(body()).toContainText("12345678901234567890");
  await next();
  await expect(body()).toContainText("[[[[[[");
  await next();
  await expect(body()).toContainText("The body is empty: 0 bytes.");

  expect(ran).toBe(false);
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await expectAccessible(page);
});

test("what a consumer holds, what waits for its time, and what has left", async ({ page, api, vhost }) => {
  await makeQueue(api, vhost, "work");
  for (let n = 0; n < 3; n++) await publish(api, vhost, "work", `job ${n}`);
  const lease = async () => {
    const answer = await api.post(`/api/queues/${vhost}/work/leases`, {
      data: { count: 1, visibility_timeout_ms: 600_000 },
    });
    return ((await answer.json()) as { messages: { receipt: string }[] }).messages[0]?.receipt ?? "";
  };
  const held = await lease();
  const delayed = await lease();
  await api.post("/api/leases/settle", {
    data: { settlements: [{ receipt: delayed, outcome: "requeue", delay_ms: 600_000 }] },
  });

  await page.goto(`/messages?vhost=${vhost}&state=unacked`);
  await expect(rows(page)).toHaveCount(1);
  await rows(page).first().click();
  // By its own account at first, by its history as soon as that is there.
  await expect(panel(page)).toContainText(/Held now|Nowunacked in work/);
  await page.getByRole("button", { name: "Delayed" }).click();
  await expect(rows(page)).toContainText(["delayed"]);
  await expect(page).toHaveURL(/state=delayed/);

  // The open one is acknowledged meanwhile: what it was stays on the screen.
  await api.post("/api/leases/settle", { data: { settlements: [{ receipt: held, outcome: "ack" }] } });
  await expect(panel(page)).toContainText("This message has left work.");
  await expect(panel(page)).toContainText("job 0");
});

test("an empty queue offers the next step, and a search that finds nothing the way back", async ({
  page,
  api,
  vhost,
}) => {
  await makeQueue(api, vhost, "empty");
  await page.goto(`/queues/${vhost}/empty/messages`);
  await expect(page.getByRole("heading", { name: "This queue is empty" })).toBeVisible();
  await expect(page.getByRole("link", { name: "Publish a message" })).toHaveAttribute("href", /key=empty/);
  await publish(api, vhost, "empty", "something");
  await expect(rows(page)).toHaveCount(1);
  await page.getByRole("combobox", { name: "Search messages" }).fill("zzzz");
  await expect(page.getByRole("heading", { name: "Nothing matches" })).toBeVisible();
  await page.getByRole("button", { name: "Show all messages" }).click();
  await expect(rows(page)).toHaveCount(1);
});

test("on a phone an open message has the screen", async ({ page, api, vhost }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await makeQueue(api, vhost, "q");
  await publish(api, vhost, "q", '{"event":"order.placed"}');
  await page.goto(`/messages?vhost=${vhost}`);
  await rows(page).first().click();
  await expect(panel(page).getByRole("tree")).toContainText("order.placed");
  await expect(page.getByRole("heading", { name: "Messages" })).toBeHidden();
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
  await page.getByRole("button", { name: "Back to the list" }).click();
  await expect(rows(page)).toHaveCount(1);
});
