/** A field that a surface can show. */
export interface SurfaceField<C extends string = string> {
  id: string;
  /** Short name on the button. */
  label: string;
  /** Stored column behind it. */
  column: C;
  unit: string;
  /** Signed fields get a diverging map around zero. */
  signed: boolean;
  /** Widest range of values, when the definition bounds it. */
  bound: number | null;
  /** Size at which the logarithmic contrast turns from linear to logarithmic. */
  knee: number;
  /** What the low and high end of the map mean, in a word; empty when the numbers say it. */
  ends: readonly [string, string];
  title: string;
}

/** The field with this identifier; the first one when there is none. */
export function fieldById<F extends SurfaceField>(fields: readonly F[], id: string): F {
  return fields.find((f) => f.id === id) ?? fields[0]!;
}
