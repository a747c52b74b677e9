import { KitButtons } from "@/app/kit/kit-buttons";
import { KitCharts } from "@/app/kit/kit-charts";
import { KitFields } from "@/app/kit/kit-fields";
import { KitJobs } from "@/app/kit/kit-jobs";
import { KitLooks } from "@/app/kit/kit-looks";
import { KitMessages } from "@/app/kit/kit-messages";
import { KitStates } from "@/app/kit/kit-states";

/** Every part in every state. */
export function KitParts() {
  return (
    <div className="min-h-0 flex-1 overflow-auto">
      <KitCharts />
      <div className="grid max-w-[1280px] grid-cols-3 gap-x-8 px-6 pb-8 narrow:grid-cols-1">
        <KitLooks />
        <KitButtons />
        <KitStates />
        <KitFields />
        <KitJobs />
        <KitMessages />
      </div>
    </div>
  );
}
