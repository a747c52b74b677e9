"use client";

import dynamic from "next/dynamic";

/** Comes after the page itself: the list can be read without it. Its place is kept meanwhile. */
export const ViewsButton = dynamic(() => import("@/components/views/views-button"), {
  ssr: false,
  loading: () => <span className="inline-block size-7 phone:size-10" />,
});
