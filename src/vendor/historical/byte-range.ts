/** The part of a file that a Range header asks for. Source: RFC 9110, 14.1.2. */

/** Bytes `[first, end)`. */
export interface ByteRange {
  first: number;
  end: number;
}

/**
 * One range of a file of `size` bytes: null when there is no header or it is of another unit or of
 * several ranges; `unsatisfiable` when it begins behind the file.
 */
export function byteRangeOf(
  header: string | undefined,
  size: number,
): ByteRange | null | 'unsatisfiable' {
  const m = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!m || (m[1] === '' && m[2] === '')) return null;
  if (m[1] === '') return { first: Math.max(0, size - Number(m[2])), end: size };
  const first = Number(m[1]);
  const end = m[2] === '' ? size : Math.min(size, Number(m[2]) + 1);
  return first >= size || end <= first ? 'unsatisfiable' : { first, end };
}
