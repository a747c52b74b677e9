/** What a form may hold that is filled in when it is sent. */
export const placeholders = [
  { name: "{{now}}", means: "the time of sending" },
  { name: "{{uuid}}", means: "a new UUID" },
  { name: "{{n}}", means: "1, 2, 3 …" },
] as const;

const pattern = /\{\{(now|uuid|n)\}\}/g;

/** A function that fills in placeholders for the `n`th message. All `{{now}}` of one message are the same moment. */
export function filler(n: number, now: Date = new Date()): (text: string) => string {
  return (text) =>
    text.replace(pattern, (_, name: string) => {
      if (name === "now") return now.toISOString();
      return name === "uuid" ? randomUuid() : String(n);
    });
}

/** The placeholders that occur in a text. */
export function placeholdersIn(text: string): readonly (typeof placeholders)[number][] {
  return placeholders.filter(({ name }) => text.includes(name));
}

/** `crypto.randomUUID` exists over HTTPS and on localhost only; random bytes do everywhere. RFC 9562, version 4. */
function randomUuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
