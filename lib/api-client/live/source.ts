/** The browser's side of one event stream. */
export interface SourceHandlers {
  /** An event with its data, parsed. */
  onEvent(name: string, data: unknown): void;
  /** Events flow, or don't: the server is lost, its database is away, or the tab is hidden. */
  onFlow(flowing: boolean): void;
}

const eventNames = [
  ...["hello", "topology", "queues", "exchanges", "presence", "overview", "lifecycle"],
  ...["sampled", "reset", "away", "back", "beat"],
];
/** The server gives a sign of life every ten seconds; without one for this long (ms) the stream is dead. */
const silenceLimit = 25_000;
/** A tab may be hidden for so long (ms) before its stream is closed: switching back and forth costs nothing. */
const hiddenGrace = 5_000;
const firstPause = 1_000;
const longestPause = 15_000;

/**
 * Keeps an event stream open while the tab can be seen, and goes on where it was after a break. A browser has six
 * connections to one server, so hidden tabs give theirs back.
 * @returns what ends it
 */
export function openSource(path: string, { onEvent, onFlow }: SourceHandlers): () => void {
  let source: EventSource | null = null;
  let position = "";
  let pause = firstPause;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;

  const close = () => {
    source?.close();
    source = null;
    clearTimeout(silence);
    clearTimeout(retry);
    onFlow(false);
  };
  const openAgain = () => {
    close();
    retry = setTimeout(open, pause);
    pause = Math.min(2 * pause, longestPause);
  };
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(openAgain, silenceLimit);
  };
  const open = () => {
    if (source !== null || document.hidden) return;
    source = new EventSource(position === "" ? path : `${path}?since=${encodeURIComponent(position)}`);
    heard();
    for (const name of eventNames) source.addEventListener(name, (event) => take(name, event));
    source.onerror = () => {
      // The browser's own way of trying again can't tell a refused position from a lost server.
      if (source?.readyState === EventSource.CLOSED) position = "";
      openAgain();
    };
  };
  const take = (name: string, { data, lastEventId }: MessageEvent<string>) => {
    heard();
    if (lastEventId !== "") position = lastEventId;
    if (name === "away") return onFlow(false);
    onEvent(name, JSON.parse(data));
    pause = firstPause;
    onFlow(true);
  };
  const onVisibility = () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(close, hiddenGrace);
    else open();
  };

  document.addEventListener("visibilitychange", onVisibility);
  window.addEventListener("pagehide", close);
  open();
  return () => {
    document.removeEventListener("visibilitychange", onVisibility);
    window.removeEventListener("pagehide", close);
    clearTimeout(hiding);
    close();
  };
}
