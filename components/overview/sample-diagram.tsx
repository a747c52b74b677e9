const queues = [
  { name: "ci.builds", worker: "builder", note: "quick", dead: false },
  { name: "issues.triage", worker: "triager", note: "fails on some", dead: true },
  { name: "pull-requests.review", worker: "reviewer", note: "slow", dead: true },
  { name: "mirror.sync", worker: null, note: "nobody: expires", dead: true },
] as const;
const rowY = (index: number) => 30 + index * 40;
const hubY = rowY(1.5);
const deadY = rowY(4.4);

/** What the sample makes, drawn: producer, exchange, queues, workers, and where failures go. */
export function SampleDiagram() {
  return (
    <svg
      viewBox="0 0 640 236"
      role="img"
      aria-label="A producer publishes webhooks to a topic exchange, which routes them to queues; workers take them; what fails goes to a dead-letter queue"
      className="h-auto w-full max-w-[640px] font-mono text-[11.5px] [font-variant-ligatures:none]"
    >
      <g className="fill-ink-3 font-sans text-[11px]">
        <text x="0" y="10">
          Producer
        </text>
        <text x="120" y="10">
          Exchange
        </text>
        <text x="290" y="10">
          Queues
        </text>
        <text x="500" y="10">
          Workers
        </text>
      </g>
      <g fill="none" className="stroke-line-2" strokeWidth="1.5">
        <path d={`M84 ${hubY + 14}H120`} />
        {queues.map(({ name, worker }, index) => (
          <g key={name}>
            <path d={`M232 ${hubY + 14}C262 ${hubY + 14} 258 ${rowY(index) + 14} 290 ${rowY(index) + 14}`} />
            {worker !== null && <path d={`M448 ${rowY(index) + 14}H500`} />}
          </g>
        ))}
      </g>
      <path
        d={`M470 ${rowY(1) + 14}V${deadY + 14}H488`}
        fill="none"
        className="stroke-danger"
        strokeWidth="1.5"
        strokeDasharray="3 3"
      />
      <Box x={0} y={hubY} width={84} label="GitHub" />
      <Box x={120} y={hubY} width={112} label="github.events" round />
      {queues.map(({ name, worker, note }, index) => (
        <g key={name}>
          <Box x={290} y={rowY(index)} width={158} label={name} />
          {worker === null ? (
            <text x="504" y={rowY(index) + 18} className="fill-ink-3 font-sans text-[11px]">
              {note}
            </text>
          ) : (
            <>
              <Box x={500} y={rowY(index)} width={140} label={worker} />
              <text x="632" y={rowY(index) + 18} textAnchor="end" className="fill-ink-3 font-sans text-[10.5px]">
                {note}
              </text>
            </>
          )}
        </g>
      ))}
      <Box x={488} y={deadY} width={152} label="github.dead-letters" danger />
    </svg>
  );
}

function Box(props: { x: number; y: number; width: number; label: string; round?: boolean; danger?: boolean }) {
  const { x, y, width, label, round = false, danger = false } = props;
  return (
    <g>
      <rect
        x={x + 0.5}
        y={y + 0.5}
        width={width - 1}
        height={27}
        rx={round ? 13.5 : 4}
        className={danger ? "fill-raised stroke-danger-line" : "fill-raised stroke-line-2"}
      />
      <text x={round ? x + 14 : x + 9} y={y + 18} className="fill-ink">
        {label}
      </text>
    </g>
  );
}
