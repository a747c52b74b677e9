import { Skeleton } from "@/components/ui/skeleton";

const bars = [160, 240, 200, 280, 120, 220];

/** Bars in place of a message that is on its way. */
export function PanelSkeleton() {
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 px-4 py-5" aria-busy="true">
      {bars.map((width) => (
        <Skeleton key={width} width={width} />
      ))}
    </div>
  );
}
