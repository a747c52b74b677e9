/**
 * Lets this node ask for the messages of one queue one claim at a time. Claims of one queue wait for each other in the
 * database anyhow, each holding a connection that others could use. And who waits for a turn here need not ask at all
 * once a claim that began later than it came has found the queue empty.
 */
export class ClaimTurns {
  readonly #queues = new Map<number, { tail: Promise<unknown>; waiting: number; emptyAt: number }>();
  #clock = 0;

  /**
   * Runs `claim` when it is this one's turn.
   * @param isEmpty whether the result says that nothing was ready
   * @returns what `claim` returned; null when somebody else's has found nothing meanwhile
   */
  async take<T>(queueId: number, claim: () => Promise<T>, isEmpty: (result: T) => boolean): Promise<T | null> {
    const came = ++this.#clock;
    const queue = this.#queues.get(queueId) ?? { tail: Promise.resolve(), waiting: 0, emptyAt: 0 };
    this.#queues.set(queueId, queue);
    queue.waiting++;
    const turn = queue.tail.then(async () => {
      if (queue.emptyAt > came) return null;
      const began = ++this.#clock;
      const result = await claim();
      if (isEmpty(result)) queue.emptyAt = began;
      return result;
    });
    // A claim that fails is the business of whoever asked; the next one tries for itself.
    queue.tail = turn.catch(() => {});
    try {
      return await turn;
    } finally {
      queue.waiting--;
      if (queue.waiting === 0) this.#queues.delete(queueId);
    }
  }
}
