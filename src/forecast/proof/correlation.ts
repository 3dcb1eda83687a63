/** Pearson's correlation of two series, NaN left out; NaN when either does not vary. */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  let [count, sumX, sumY] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i] + y[i])) continue;
    count++;
    sumX += x[i];
    sumY += y[i];
  }
  const [meanX, meanY] = [sumX / count, sumY / count];
  let [xy, xx, yy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    if (Number.isNaN(x[i] + y[i])) continue;
    xy += (x[i] - meanX) * (y[i] - meanY);
    xx += (x[i] - meanX) ** 2;
    yy += (y[i] - meanY) ** 2;
  }
  return xx > 0 && yy > 0 ? xy / Math.sqrt(xx * yy) : Number.NaN;
}
