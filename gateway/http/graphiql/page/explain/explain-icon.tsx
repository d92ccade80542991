/** Three bars of a waterfall. */
export function ExplainIcon() {
  return (
    <svg
      height="1em"
      viewBox="0 0 14 14"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      aria-hidden="true"
    >
      <path d="M1 3h6M4 7h6M7 11h6" strokeLinecap="round" />
    </svg>
  );
}
