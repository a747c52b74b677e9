// Loaded before a broker process: its clock is wrong by WARREN_SOAK_SKEW_MS.
const skew = Number(process.env.WARREN_SOAK_SKEW_MS ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...given) {
    if (given.length === 0) super(RealDate.now() + skew);
    else super(...given);
  }

  static now() {
    return RealDate.now() + skew;
  }
};
