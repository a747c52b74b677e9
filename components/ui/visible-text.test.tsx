import { renderToStaticMarkup } from "react-dom/server";
import { expect, test } from "vitest";
import { NameText, typeableName } from "@/components/ui/visible-text";

const shown = (text: string) => renderToStaticMarkup(<NameText text={text} />).replace(/<[^>]*>/g, "");

test("a usual name is shown as it is, in isolation", () => {
  expect(renderToStaticMarkup(<NameText text="orders.new" />)).toBe('<bdi class="name-text">orders.new</bdi>');
  expect(shown("a  b")).toBe("a  b");
  expect(shown("👩‍👩‍👧 שלום")).toBe("👩‍👩‍👧 שלום");
});

test("what hides, turns text round or stands unseen at an end is drawn by its name", () => {
  expect(shown(" a\u202eb\u200b\u00a0")).toBe("SPaRLObZWSPNBSP");
  expect(shown("   ")).toBe("SPSPSP");
  expect(shown("")).toBe("");
});

test("what can be typed of a name is without what hides and without spaces at its ends", () => {
  expect(typeableName("orders.new")).toBe("orders.new");
  expect(typeableName("  a\u202eb c\u200b ")).toBe("ab c");
  expect(typeableName("\u200b ")).toBe("");
});
