import { expect, test } from "vitest";
import { remoteAddress } from "@/lib/platform/remote-address";

test.each([
  ["127.0.0.1", "127.0.0.1"],
  ["::1", "::1"],
  ["::ffff:127.0.0.1", "127.0.0.1"],
  ["10.1.2.3", "10.1.2.3"],
  [undefined, "unknown"],
])("without a proxy it is the socket's: %s", (socket, expected) => {
  expect(remoteAddress({}, socket, false)).toBe(expected);
  expect(remoteAddress({}, socket, true)).toBe(expected);
});

test.each(["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host", "x-forwarded-proto", "via"])(
  "a proxy that isn't trusted never passes for loopback: %s",
  (header) => {
    expect(remoteAddress({ [header]: "127.0.0.1" }, "127.0.0.1", false)).toBe("untrusted-proxy");
  },
);

test.each([
  ["1.2.3.4", "1.2.3.4"],
  ["127.0.0.1, 1.2.3.4", "1.2.3.4"],
  ["1.2.3.4:5555", "1.2.3.4"],
  ["[2001:db8::1]:5555", "2001:db8::1"],
  ["unknown", "untrusted-proxy"],
  ["", "untrusted-proxy"],
])("a trusted proxy's last entry counts: %s", (forwarded, expected) => {
  expect(remoteAddress({ "x-forwarded-for": forwarded }, "127.0.0.1", true)).toBe(expected);
});
