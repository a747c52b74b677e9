import { ButtonLink } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";

export default function NotFound() {
  return (
    <EmptyState
      title="There is nothing by this name"
      actions={
        <>
          <ButtonLink href="/queues">All queues</ButtonLink>
          <ButtonLink href="/exchanges">All exchanges</ButtonLink>
        </>
      }
    >
      It may have been deleted since, or live in another virtual host.
    </EmptyState>
  );
}
