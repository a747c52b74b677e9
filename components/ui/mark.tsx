/** The mark: one burrow, two ways out. Never filled. */
export function Mark({ className = "size-5" }: { className?: string }) {
  return (
    <svg
      viewBox="0 0 24 24"
      aria-hidden="true"
      className={className}
      fill="none"
      stroke="currentColor"
      strokeWidth="2.5"
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <circle cx="9.5" cy="16.25" r="5.25" />
      <path d="M7.25 11.5V2.75M12 11.5V9.5a3.25 3.25 0 0 1 3.25-3.25H20.75" />
    </svg>
  );
}
