/**
 * The line by which a client proves its key and says what session it wants. Source: Databento
 * docs, Live API, authentication.
 */
import { answerTo, BUCKET_CHARACTERS } from './challenge.ts';
import { fieldsOf } from './control-lines.ts';

/** Seconds between heartbeats: least, most, and where the client does not say. */
const HEARTBEAT_SECONDS = { least: 5, most: 1800, usual: 30 } as const;

/** The session that a client asked for. */
export interface SessionRequest {
  dataset: string;
  tsOut: boolean;
  compression: 'none' | 'zstd';
  heartbeatSeconds: number;
  slowReader: 'skip' | 'warn';
  /** The client's own name for itself. */
  client: string;
}

/** Why a line is refused, in the words sent to the client. */
export interface Refusal {
  refused: string;
}

/**
 * Reads the line; `keys` are those that exist, `datasets` those that have data. Never quotes what
 * the client sent as its proof.
 */
export function readAuthLine(
  line: string,
  challenge: string,
  keys: ReadonlySet<string>,
  datasets: readonly string[],
): SessionRequest | Refusal {
  const fields = fieldsOf(line);
  const answer = fields?.get('auth');
  if (!fields || answer === undefined) return { refused: 'Malformed authentication request' };
  const bucket = answer.slice(-BUCKET_CHARACTERS);
  const candidates = [...keys].filter((key) => key.endsWith(bucket));
  if (candidates.length === 0) return { refused: 'Unknown API key bucket' };
  if (!candidates.some((key) => answerTo(challenge, key) === answer)) {
    return { refused: 'Authentication failed' };
  }
  return readSession(fields, datasets);
}

function readSession(
  fields: ReadonlyMap<string, string>,
  datasets: readonly string[],
): SessionRequest | Refusal {
  const dataset = fields.get('dataset') ?? '';
  const heartbeat = fields.get('heartbeat_interval_s') ?? String(HEARTBEAT_SECONDS.usual);
  const seconds = Number(heartbeat);
  const tsOut = fields.get('ts_out') ?? '0';
  const compression = fields.get('compression') ?? 'none';
  const slowReader = fields.get('slow_reader_behavior') ?? 'skip';
  const encoding = fields.get('encoding') ?? 'dbn';
  if (!datasets.includes(dataset)) return { refused: `Unknown dataset '${dataset}'` };
  if (encoding !== 'dbn') return { refused: `Unsupported encoding '${encoding}'` };
  if (tsOut !== '0' && tsOut !== '1') return { refused: `Invalid ts_out '${tsOut}'` };
  if (compression !== 'none' && compression !== 'zstd') {
    return { refused: `Unsupported compression '${compression}'` };
  }
  const { least, most } = HEARTBEAT_SECONDS;
  if (!Number.isInteger(seconds) || seconds < least || seconds > most) {
    return { refused: `Invalid heartbeat_interval_s '${heartbeat}'` };
  }
  if (slowReader !== 'skip' && slowReader !== 'warn') {
    return { refused: `Invalid slow_reader_behavior '${slowReader}'` };
  }
  const client = fields.get('client') ?? '';
  const session = { dataset, compression, slowReader, client } as const;
  return { ...session, tsOut: tsOut === '1', heartbeatSeconds: seconds };
}
