"use client";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { NuqsAdapter } from "nuqs/adapters/next/app";
import { type ReactNode, useState } from "react";
import { ApiError } from "@/lib/api-client/client";

function makeClient() {
  return new QueryClient({
    defaultOptions: {
      queries: {
        // The server tells what a name was wrong about at once; only a lost server is worth asking again.
        retry: (count, error) => count < 2 && !(error instanceof ApiError && error.status > 0 && error.status < 500),
        retryDelay: (count) => Math.min(500 * 2 ** count, 4000),
        refetchIntervalInBackground: false,
        staleTime: 1000,
      },
    },
  });
}

/** What every page of the console stands in: the query cache and the URL's state. */
export function Providers({ children }: { children: ReactNode }) {
  const [client] = useState(makeClient);
  return (
    <QueryClientProvider client={client}>
      <NuqsAdapter>{children}</NuqsAdapter>
    </QueryClientProvider>
  );
}
