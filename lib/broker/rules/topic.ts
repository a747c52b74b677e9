/**
 * Topic matching: a pattern is words with dots between them, `*` stands for exactly one word, `#` for any number of
 * them, none included (https://www.rabbitmq.com/tutorials/tutorial-five-python). The empty key has no words at all;
 * `a.` has two, the second of them empty. Both are RabbitMQ's reading (rabbit_exchange_type_topic:split_topic_key).
 */
export function topicWords(key: string): readonly string[] {
  return key === "" ? [] : key.split(".");
}

interface Node<T> {
  readonly literals: Map<string, Node<T>>;
  anyWord: Node<T> | null;
  anyWords: Node<T> | null;
  /** Reached by `#`: stays in the running whatever words follow. */
  readonly loops: boolean;
  readonly values: T[];
  /** In which step of which search this node was last entered; spares a set per step. */
  entered: number;
}

/**
 * All patterns of one exchange as a trie, searched by following all its branches at once, word by word. The work for
 * a key is bounded by its words times the nodes alive at each of them, so that patterns such as `#.#.#.a` can't blow up.
 */
export class TopicIndex<T> {
  readonly #root: Node<T> = newNode(false);
  #step = 0;

  /** Files `value` under `pattern`; the same pattern may hold many. */
  add(pattern: string, value: T): void {
    let node = this.#root;
    for (const word of topicWords(pattern)) {
      if (word === "#") {
        // `#.#` means what `#` means.
        if (!node.loops) node = node.anyWords ??= newNode(true);
      } else if (word === "*") {
        node = node.anyWord ??= newNode(false);
      } else {
        let next = node.literals.get(word);
        if (!next) {
          next = newNode(false);
          node.literals.set(word, next);
        }
        node = next;
      }
    }
    node.values.push(value);
  }

  /** Calls `found` with every value whose pattern matches `key`: once per value that was added. */
  match(key: string, found: (value: T) => void): void {
    let alive: Node<T>[] = [];
    this.#step++;
    this.#enter(this.#root, alive);
    for (const word of topicWords(key)) {
      const next: Node<T>[] = [];
      this.#step++;
      for (const node of alive) {
        const literal = node.literals.get(word);
        if (literal) this.#enter(literal, next);
        if (node.anyWord) this.#enter(node.anyWord, next);
        if (node.loops) this.#enter(node, next);
      }
      if (next.length === 0) return;
      alive = next;
    }
    for (const node of alive) for (const value of node.values) found(value);
  }

  #enter(node: Node<T>, alive: Node<T>[]): void {
    if (node.entered === this.#step) return;
    node.entered = this.#step;
    alive.push(node);
    if (node.anyWords) this.#enter(node.anyWords, alive);
  }
}

/** Whether one pattern matches one key. */
export function topicMatches(pattern: string, key: string): boolean {
  const index = new TopicIndex<true>();
  index.add(pattern, true);
  let matches = false;
  index.match(key, () => {
    matches = true;
  });
  return matches;
}

function newNode<T>(loops: boolean): Node<T> {
  return { literals: new Map(), anyWord: null, anyWords: null, loops, values: [], entered: 0 };
}
