const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A count in full, never shortened: `4,812`. */
export function formatCount(count: number): string {
  return whole.format(count);
}

/** "1 message", "1,284 messages". `many` only where it isn't the noun and an s. */
export function formatNoun(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** The number of a rate without its unit: `0.25`, `5.3`, `96`, `1,200`. Takes events per second. */
export function rateNumber(perSecond: number): string {
  if (Math.round(perSecond * 100) / 100 < 1) return perSecond.toFixed(2);
  if (Math.round(perSecond * 10) / 10 < 10) return perSecond.toFixed(1);
  return whole.format(perSecond);
}

/** A rate with its unit: `0.25/s`. Takes events per second. */
export function formatRate(perSecond: number): string {
  return `${rateNumber(perSecond)}/s`;
}

const units = ["KiB", "MiB", "GiB", "TiB"] as const;

/** A size: `143 bytes`, `1.4 KiB`, `96 MiB`. Takes bytes. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return formatNoun(bytes, "byte");
  let value = bytes;
  let unit: (typeof units)[number] = "KiB";
  for (const next of units) {
    value /= 1024;
    unit = next;
    if (value < 1023.5) break;
  }
  return `${value < 9.95 ? value.toFixed(1) : whole.format(value)} ${unit}`;
}

/** A share of 0 to 1 as a percentage: `98 %`, `0.4 %`. What is more than nothing never reads as 0 %. */
export function formatShare(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "< 0.1 %";
  return `${percent < 9.95 && percent % 1 !== 0 ? percent.toFixed(1) : whole.format(percent)} %`;
}
