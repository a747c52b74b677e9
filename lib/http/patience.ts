import { BrokerError } from "@/lib/broker/errors";
import { errorResponse } from "@/lib/http/errors";
import type { Router } from "@/lib/http/router";

/** How long a request may be under way, in ms, before it is asked whether the database answers at all. */
const patienceMs = 4_000;
/** How long the database may take for that, in ms, and between two questions while it doesn't. */
const answerMs = 6_000;
const againMs = 500;

export interface PatienceSettings {
  readonly patienceMs?: number;
  readonly answerMs?: number;
}

/**
 * Puts an end to waiting for a database that stands still: its connections are there, so nothing fails, and without
 * this a request would hang for as long as that takes. A request that simply takes long goes on while the database
 * answers others. Until it answers again, whoever asks is told 503 at once.
 * @param ask a question that costs the database next to nothing, on a connection that nobody else holds
 */
export function answerInTime(
  router: Router,
  ask: () => Promise<unknown>,
  { patienceMs: patience = patienceMs, answerMs: answerWithin = answerMs }: PatienceSettings = {},
): Router {
  const pulse = new Pulse(ask, answerWithin);
  return async (request) => {
    const style = { challenge: false, preconditionIs400: true };
    if (pulse.isLost) return errorResponse(new BrokerError("unavailable", "The database does not answer."), style);
    let timer: NodeJS.Timeout | undefined;
    let waits = true;
    const lost = new Promise<Response>((resolve) => {
      const look = async () => {
        while (waits && (await pulse.feel())) await pause(patience);
        if (waits) resolve(errorResponse(new BrokerError("unavailable", leftOpen), style));
      };
      timer = setTimeout(() => void look(), patience);
    });
    try {
      return await Promise.race([router(request), lost]);
    } finally {
      waits = false;
      clearTimeout(timer);
    }
  };
}

const leftOpen = "The database does not answer. What was asked for may still be done when it does.";

/** Whether the database answers: asked when somebody doubts it, and then until it does. */
class Pulse {
  readonly #ask: () => Promise<unknown>;
  readonly #answerMs: number;
  #asking: Promise<boolean> | undefined;
  #lost = false;

  constructor(ask: () => Promise<unknown>, within: number) {
    this.#ask = ask;
    this.#answerMs = within;
  }

  get isLost(): boolean {
    return this.#lost;
  }

  /** Asks now, or takes part in the question that is under way. */
  feel(): Promise<boolean> {
    this.#asking ??= this.#askOnce().then((answered) => {
      this.#asking = undefined;
      if (!answered && !this.#lost) {
        this.#lost = true;
        void this.#untilFound();
      }
      return answered;
    });
    return this.#asking;
  }

  async #untilFound(): Promise<void> {
    while (!(await this.#askOnce())) await pause(againMs);
    this.#lost = false;
  }

  async #askOnce(): Promise<boolean> {
    let answered = false;
    const asked = this.#ask().then(
      () => {
        answered = true;
      },
      () => {},
    );
    await Promise.race([asked, pause(this.#answerMs)]);
    // After a pause of this process the timer comes first, and what was received meanwhile a moment later.
    if (!answered) await pause(50);
    return answered;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
