/**
 * A file of a batch job, fetched: what has arrived is never asked for twice, and what is named is
 * whole. Source: Databento docs, batch downloads; RFC 9110, 14 (ranges).
 */
import { DataError } from '../../core/index.ts';
import type { DownloadRequest } from './historical-types.ts';
import type { HttpAnswer } from './http-exchange.ts';
import { HttpFailure } from './http-failure.ts';
import { downloadUrl, mayCarryKey, redirectUrl } from './key-hosts.ts';
import { isWholeFile, PartFile } from './part-file.ts';
import type { VendorApi } from './vendor-api.ts';

const METHOD = 'batch.download';
/** Redirects followed for one file at most. */
const MAX_REDIRECTS = 5;
/** Whole files fetched at most, when the bytes are not those that were promised. */
const MAX_WHOLE_TRIES = 2;
const REDIRECTS = [301, 302, 303, 307, 308];
const RANGE_NOT_SATISFIABLE = 416;
const PARTIAL_CONTENT = 206;

/** What arrived cannot be a part of the promised file. */
class WrongBytes extends Error {}

/**
 * Fetches a file: see `HistoricalClient.downloadFile`.
 * @throws DataError VENDOR_CHECKSUM, VENDOR_PROTOCOL; OperatingError FILE_WRITE, FILE_READ and
 *   those of every call; the signal's reason. What has arrived is kept for the next try.
 */
export async function downloadFile(api: VendorApi, request: DownloadRequest): Promise<void> {
  const { file, path, signal, onProgress } = request;
  const url = downloadUrl(file.url, api.base);
  if (await isWholeFile(path, file.bytes, file.sha256, signal)) {
    onProgress?.(file.bytes);
    return;
  }
  for (let tries = 1; ; tries++) {
    const part = await PartFile.open(path, signal);
    try {
      if (part.bytes > file.bytes) throw new WrongBytes(`${part.bytes} bytes`);
      await fetchRest(api, request, url, part);
      const found = part.sha256();
      if (found !== file.sha256) throw new WrongBytes(`sha256 ${found}`);
      return await part.publish();
    } catch (error) {
      if (!(error instanceof WrongBytes)) throw error;
      await part.discard();
      if (tries >= MAX_WHOLE_TRIES) throw notThePromised(request, error.message);
      api.tell(`${METHOD}: ${file.filename} has ${error.message}: fetched again from its start`);
    } finally {
      await part.close();
    }
  }
}

function notThePromised(request: DownloadRequest, found: string): DataError {
  const { file, path } = request;
  return new DataError('VENDOR_CHECKSUM', `${METHOD}: ${file.filename} is not what was promised`, {
    file: path,
    found: `${found}, twice`,
    expected: `${file.bytes} bytes with sha256 ${file.sha256}`,
  });
}

/** Fetches until the part is as long as the file; attempts are counted between two that help. */
async function fetchRest(
  api: VendorApi,
  request: DownloadRequest,
  url: URL,
  part: PartFile,
): Promise<void> {
  const call = { method: METHOD, signal: request.signal };
  for (let attempt = 1; part.bytes < request.file.bytes; attempt++) {
    const answer = await open(api, request, url, part.bytes);
    const before = part.bytes;
    try {
      await take(answer, request, part);
    } catch (error) {
      if (!(error instanceof HttpFailure)) throw error;
      if (part.bytes > before) attempt = 1;
      await api.afterFailure(call, error, attempt);
    } finally {
      answer.body.close();
    }
  }
}

/** Asks for the bytes from `from` on; redirects are followed, the key is not taken along. */
async function open(
  api: VendorApi,
  request: DownloadRequest,
  url: URL,
  from: number,
): Promise<HttpAnswer> {
  const range = from > 0 ? { range: `bytes=${from}-${request.file.bytes - 1}` } : {};
  for (let redirects = 0, at = url; redirects <= MAX_REDIRECTS; redirects++) {
    const answer = await api.open({
      method: METHOD,
      verb: 'GET',
      group: 'download',
      url: at,
      headers: { accept: '*/*', ...range },
      authorized: mayCarryKey(at, api.base),
      accept: [...REDIRECTS, RANGE_NOT_SATISFIABLE],
      signal: request.signal,
    });
    if (!REDIRECTS.includes(answer.status)) return answer;
    answer.body.close();
    at = redirectUrl(answer.header('location'), at);
  }
  const found = `more than ${MAX_REDIRECTS}`;
  throw new DataError('VENDOR_PROTOCOL', `${METHOD}: too many redirects`, { found });
}

/** Appends what an answer brings. @throws WrongBytes; HttpFailure when it is cut. */
async function take(answer: HttpAnswer, request: DownloadRequest, part: PartFile): Promise<void> {
  const { file, onProgress } = request;
  if (answer.status === RANGE_NOT_SATISFIABLE) throw new WrongBytes('no such range');
  if (answer.status === PARTIAL_CONTENT) {
    checkRange(answer.header('content-range'), part.bytes, file.bytes);
  } else if (part.bytes > 0) {
    await part.restart();
  }
  for (let chunk = await answer.body.next(); chunk; chunk = await answer.body.next()) {
    if (part.bytes + chunk.length > file.bytes) throw new WrongBytes(`more bytes`);
    await part.append(chunk);
    onProgress?.(part.bytes);
  }
  if (part.bytes < file.bytes) {
    const what = `the answer ended at byte ${part.bytes} of ${file.bytes}`;
    throw new HttpFailure(file.filename, what);
  }
}

/** @throws WrongBytes when a part of the file begins elsewhere than it was asked for. */
function checkRange(header: string | undefined, from: number, total: number): void {
  const parts = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(header ?? '');
  const right = parts && Number(parts[1]) === from && Number(parts[2]) < total;
  if (right && (parts[3] === '*' || Number(parts[3]) === total)) return;
  throw new WrongBytes(`the range "${(header ?? 'none').slice(0, 60)}"`);
}
