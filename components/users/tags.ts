/** RabbitMQ's user tags, with what each opens over HTTP; permissions say which names in which virtual host. */
export const tagWords = {
  administrator: "everything, with users and virtual hosts",
  policymaker: "policies too",
  monitoring: "looks at all connections and nodes, changes nothing",
  management: "the console, within the permissions",
} as const;

const known: readonly string[] = Object.keys(tagWords);

/** The tags that open something. */
export function knownTags(tags: readonly string[]): string[] {
  return tags.filter((tag) => known.includes(tag));
}

/** The tags that RabbitMQ gives no meaning to. */
export function otherTags(tags: readonly string[]): string[] {
  return tags.filter((tag) => !known.includes(tag));
}

/** Tags as they are typed, with commas. */
export function readTags(text: string): string[] {
  return text
    .split(",")
    .map((tag) => tag.trim())
    .filter((tag) => tag !== "");
}
