"use client";

import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Note } from "@/components/ui/note";
import { ApiError } from "@/lib/api-client/client";

/** What an error says to a reader, and its code for a report. Never a stack. */
export function describeError(error: unknown): { sentence: string; code: string | undefined } {
  if (error instanceof ApiError) return { sentence: error.reason, code: `${error.status} ${error.code}` };
  if (error instanceof Error) return { sentence: error.message, code: undefined };
  return { sentence: "Something failed that gave no reason.", code: undefined };
}

/**
 * Where something failed: what happened, whether anything was lost, what to do; the code last.
 * It stays where it happened; errors are never toasts.
 */
export function ErrorNote({
  title,
  error,
  lost,
  children,
}: {
  /** "The message was not published." */
  title: string;
  error: unknown;
  /** "Nothing was stored." */
  lost?: string;
  /** Links or buttons that help. */
  children?: ReactNode;
}) {
  const { sentence, code } = describeError(error);
  return (
    <Note tone="danger" role="alert" icon={<CircleAlert aria-hidden="true" />}>
      <strong className="font-semibold">{title}</strong> <span className="break-words">{sentence}</span>
      {lost !== undefined && ` ${lost}`} {children}
      {code !== undefined && (
        <>
          <br />
          <code className="text-ink-2">{code}</code>
        </>
      )}
    </Note>
  );
}

/** In place of a pane that could not be loaded. */
export function ErrorState({
  error,
  onRetry,
  title = "This could not be loaded.",
}: {
  error: unknown;
  onRetry?: () => void;
  title?: string;
}) {
  return (
    <div className="mx-auto max-w-lg px-4 py-12">
      <ErrorNote title={title} error={error} lost="Nothing was changed.">
        {onRetry && (
          <span className="mt-2 block">
            <Button onClick={onRetry}>Try again</Button>
          </span>
        )}
      </ErrorNote>
    </div>
  );
}
