import { expect, expectAccessible, makeQueue, publishTo, rejectOne, test } from "@/e2e/support/fixtures";

const pages = [
  ["/", "Overview"],
  ["/connections", "Connections"],
  ["/channels", "Channels"],
  ["/consumers", "Consumers"],
  ["/exchanges", "Exchanges"],
  ["/queues", "Queues"],
  ["/topology", "Topology"],
  ["/connect", "Connect"],
  ["/messages", "Messages"],
  ["/publish", "Publish"],
  ["/dead-letters", "Dead letters"],
  ["/trash", "Trash"],
  ["/reviews", "Reviews"],
  ["/error-policies", "Error policies"],
  ["/replay", "Replay"],
  ["/timeline", "Timeline"],
  ["/jobs", "Jobs"],
  ["/users", "Users"],
  ["/vhosts", "Virtual hosts"],
  ["/policies", "Policies and limits"],
  ["/policies?tab=operator", "Policies and limits"],
  ["/policies?tab=limits", "Policies and limits"],
  ["/definitions", "Definitions"],
  ["/tokens", "Tokens"],
  ["/audit", "Audit"],
] as const;

// Every page, as it is found on a laptop and on a phone, in both themes: no serious finding of axe, nothing wider than
// the screen, and a picture to be looked at.
for (const [width, height] of [
  [1280, 800],
  [390, 844],
] as const) {
  for (const theme of ["light", "dark"] as const) {
    test(`all pages at ${width} px, ${theme}`, async ({ page, api, vhost }, info) => {
      // Some 25 pages, each looked through by axe: on a busy machine that takes its time.
      test.setTimeout(600_000);
      await page.setViewportSize({ width, height });
      await page.emulateMedia({ colorScheme: theme });
      await makeQueue(api, vhost, "graves");
      await makeQueue(api, vhost, "parcels", { "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "graves" });
      await publishTo(api, vhost, "parcels", '{"parcel":1}');
      await rejectOne(api, vhost, "parcels", { type: "AddressError", message: "no such street" });
      await publishTo(api, vhost, "parcels", '{"parcel":2}');
      for (const [path, title] of pages) {
        await test.step(path, async () => {
          await page.goto(`${path}${path.includes("?") ? "&" : "?"}vhost=${vhost}`);
          await expect(page.getByRole("heading", { name: title, level: 1 })).toBeVisible();
          await expect(page).toHaveTitle(new RegExp(title));
          await expectAccessible(page);
          expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
          const picture = `${(path.slice(1) || "overview").replace("?tab=", "-")}-${width}-${theme}.png`;
          await page.screenshot({ path: info.outputPath(picture) });
        });
      }
    });
  }
}
