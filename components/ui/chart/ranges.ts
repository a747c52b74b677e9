/** RabbitMQ's ranges for charts: how far back, and the distance of two points, both in ms. */
export const ranges = {
  minute: { label: "Minute", ageMs: 60_000, incrementMs: 5_000 },
  "ten-minutes": { label: "Ten minutes", ageMs: 600_000, incrementMs: 10_000 },
  hour: { label: "Hour", ageMs: 3_600_000, incrementMs: 60_000 },
  "eight-hours": { label: "Eight hours", ageMs: 28_800_000, incrementMs: 600_000 },
  day: { label: "Day", ageMs: 86_400_000, incrementMs: 1_800_000 },
} as const;

export type RangeName = keyof typeof ranges;
export const rangeNames = Object.keys(ranges) as RangeName[];
