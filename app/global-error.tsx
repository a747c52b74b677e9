"use client";

/** The last resort: even the frame broke, so nothing of the console can be counted on here. */
export default function GlobalError({ error, reset }: { error: Error & { digest?: string }; reset: () => void }) {
  return (
    <html lang="en">
      <body
        style={{
          font: "14px/1.5 system-ui, sans-serif",
          display: "grid",
          placeItems: "center",
          minHeight: "100vh",
          margin: 0,
        }}
      >
        <main style={{ maxWidth: 420, padding: 16 }}>
          <title>Broken · Warren</title>
          <h1 style={{ fontSize: 18 }}>The console broke while it was drawn</h1>
          <p>
            Queues and messages are not touched by this.{" "}
            {error.digest !== undefined && `Its number in the log is ${error.digest}.`}
          </p>
          <button type="button" onClick={reset}>
            Draw it again
          </button>
        </main>
      </body>
    </html>
  );
}
