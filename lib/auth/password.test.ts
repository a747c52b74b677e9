import { expect, it } from "vitest";
import { hashPassword, passwordMatches } from "@/lib/auth/password";

it("matches the password that was hashed, in either Unicode form, and no other", async () => {
  const hash = await hashPassword("pässword");
  expect(hash).toMatch(/^scrypt\$32768\$8\$1\$[\w-]{22}\$[\w-]{43}$/);
  expect(await passwordMatches("pa\u0308ssword", hash)).toBe(true);
  expect(await passwordMatches("password", hash)).toBe(false);
  expect(await passwordMatches("", null)).toBe(false);
  expect(await passwordMatches("x", "plain:x")).toBe(false);
  expect(await hashPassword("pässword")).not.toBe(hash);
});
