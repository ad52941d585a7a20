import gcoord from 'gcoord';

export type Lnglat = [lng: number, lat: number];
export type Convert = (point: Lnglat) => Lnglat;

/** Rounds after which going back is exact to what a float can hold. */
const ROUNDS = 8;

/** How the map's coordinates and those of the plate follow from one another. */
export function converter(crs: unknown): { shown: Convert; stored: Convert } {
  if (crs !== 'gcj02') return { shown: (point) => point, stored: (point) => point };
  const shown: Convert = (point) => gcoord.transform([...point], gcoord.WGS84, gcoord.GCJ02);
  return { shown, stored: (point) => inverse(shown, point) };
}

/** The point that `convert` leads to `wanted`; the offset changes slowly, so that fixed-point steps converge. */
function inverse(convert: Convert, wanted: Lnglat): Lnglat {
  let [lng, lat] = wanted;
  for (let round = 0; round < ROUNDS; round += 1) {
    const [x, y] = convert([lng, lat]);
    [lng, lat] = [lng + wanted[0] - x, lat + wanted[1] - y];
  }
  return [lng, lat];
}

/** A point that somebody has in one of China's systems, as the plate has it: near enough to be shown. */
export function toPlate(point: Lnglat, crs: string): Lnglat {
  if (crs === 'gcj02') return gcoord.transform([...point], gcoord.GCJ02, gcoord.WGS84);
  if (crs === 'bd09') return gcoord.transform([...point], gcoord.BD09, gcoord.WGS84);
  return point;
}
