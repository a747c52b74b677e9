import type { Permission, Right, TopicPermission } from "@/lib/broker/access";
import { compilePattern, type Pattern } from "@/lib/broker/rules/pattern";

/** More names than this are not remembered for one pattern. */
const maxAnswers = 10_000;

/** A pattern that remembers its answers. */
class Rule {
  readonly #pattern: Pattern;
  readonly #answers = new Map<string, boolean>();

  /** @param source a regular expression; an empty one fits the empty name only, as in RabbitMQ */
  constructor(source: string) {
    this.#pattern = compilePattern(source === "" ? "^$" : source);
  }

  allows(name: string): boolean {
    let answer = this.#answers.get(name);
    if (answer === undefined) {
      answer = this.#pattern.test(name);
      if (this.#answers.size >= maxAnswers) this.#answers.clear();
      this.#answers.set(name, answer);
    }
    return answer;
  }
}

/** What a user may do in one vhost. */
export interface Grant {
  readonly rights: Readonly<Record<Right, Rule>>;
  /** By exchange. */
  readonly topics: ReadonlyMap<string, Readonly<Record<"write" | "read", Rule>>>;
}

/** What one user may do, by vhost. */
export function grantsOf(
  permissions: readonly Permission[],
  topicPermissions: readonly TopicPermission[],
): ReadonlyMap<string, Grant> {
  return new Map(
    permissions.map(({ vhost, configure, write, read }) => {
      const topics = topicPermissions.filter((topic) => topic.vhost === vhost);
      return [
        vhost,
        {
          rights: { configure: new Rule(configure), write: new Rule(write), read: new Rule(read) },
          topics: new Map(
            topics.map((topic) => [
              topic.exchange,
              { write: new Rule(expanded(topic.write, topic)), read: new Rule(expanded(topic.read, topic)) },
            ]),
          ),
        },
      ];
    }),
  );
}

/** https://www.rabbitmq.com/docs/access-control#topic-variables */
function expanded(pattern: string, { user, vhost }: TopicPermission): string {
  return pattern.replaceAll("{username}", escaped(user)).replaceAll("{vhost}", escaped(vhost));
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
}
