"use client";

import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { type Published, type Publishing, publish } from "@/lib/api-client/publish";

/** How far sending is, or what came of it. */
export interface Sending {
  readonly state: "running" | "done" | "stopped" | "failed";
  readonly wanted: number;
  readonly sent: number;
  /** Of those that were sent, how many no queue took. */
  readonly unrouted: number;
  /** How many were refused by at least one full queue. */
  readonly rejected: number;
  /** The answer to the last one. */
  readonly last: Published | null;
  readonly error: unknown;
  readonly exchange: string;
  readonly routingKey: string;
}

/** At most so many requests are under way at once. */
const abreast = 8;

/**
 * Sends messages one by one, at most `rate` a second, and stops at the first error or when asked.
 * @returns what is going on or came of the last sending, and how to start, stop and forget it
 */
export function useSending(vhost: string) {
  const client = useQueryClient();
  const [sending, setSending] = useState<Sending | null>(null);
  const stop = useRef<AbortController | null>(null);
  useEffect(() => () => stop.current?.abort(), []);

  const start = useCallback(
    async (options: {
      exchange: string;
      routingKey: string;
      count: number;
      rate: number;
      build: (n: number) => Publishing;
    }) => {
      const { exchange, routingKey, count, rate, build } = options;
      stop.current?.abort();
      const control = new AbortController();
      stop.current = control;
      let now: Sending = {
        ...{ state: "running", wanted: count, sent: 0, unrouted: 0, rejected: 0 },
        ...{ last: null, error: null, exchange, routingKey },
      };
      const show = (change: Partial<Sending>) => {
        now = { ...now, ...change };
        if (stop.current === control) setSending(now);
      };
      show({});
      const began = performance.now();
      let next = 0;
      const sendSome = async () => {
        while (next < count && !control.signal.aborted) {
          const n = ++next;
          await pause(began + ((n - 1) * 1000) / rate - performance.now(), control.signal);
          if (control.signal.aborted) return;
          const answer = await publish(vhost, exchange, build(n));
          show({
            sent: now.sent + 1,
            unrouted: now.unrouted + (answer.routed ? 0 : 1),
            rejected: now.rejected + (answer.rejected.length > 0 ? 1 : 0),
            last: answer,
          });
        }
      };
      try {
        await Promise.all(Array.from({ length: Math.min(abreast, count) }, sendSome));
        show({ state: now.sent < count ? "stopped" : "done" });
      } catch (error) {
        control.abort();
        show({ state: "failed", error });
      }
      for (const key of ["queues", "messages", "overview", "exchanges"]) {
        void client.invalidateQueries({ queryKey: [key] });
      }
    },
    [vhost, client],
  );
  return {
    sending,
    start,
    stop: useCallback(() => stop.current?.abort(), []),
    forget: useCallback(() => {
      stop.current?.abort();
      stop.current = null;
      setSending(null);
    }, []),
  };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0) return Promise.resolve();
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener("abort", end);
  });
}
