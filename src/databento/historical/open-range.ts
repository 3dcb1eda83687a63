/**
 * `timeseries.get_range`: the request, and the same again from where its answer was cut.
 */
import { COUNT } from './answer-shapes.ts';
import type { DataRequest } from './historical-types.ts';
import { RangeConnection } from './range-connection.ts';
import { type RangeOptions, RangeStream } from './range-stream.ts';
import { dataFields, type RequestFields } from './request-fields.ts';
import { type RangeResume, ResumingRange } from './resuming-range.ts';
import { backOffMs } from './retry-delay.ts';
import type { VendorApi, VendorCall } from './vendor-api.ts';

const METHOD = 'timeseries.get_range';

/**
 * Opens a stream of records.
 * @throws DataError USAGE for a request that cannot be asked; as `HistoricalClient` says.
 */
export async function openRange(
  api: VendorApi,
  request: DataRequest,
  options: RangeOptions,
): Promise<RangeStream> {
  const { signal, maxResumes } = options;
  const counted = dataFields(request);
  const asked = { ...counted, encoding: 'dbn', compression: 'zstd' };
  const vendor = {
    async connect(resume: RangeResume | null): Promise<RangeConnection> {
      const fields = resume ? resumedFields(asked, request, resume) : asked;
      const { body } = await api.open({
        method: METHOD,
        verb: 'POST',
        group: 'timeseries',
        url: api.urlOf(METHOD),
        fields,
        headers: { accept: 'application/octet-stream' },
        signal,
      });
      return RangeConnection.open(body);
    },
    count: () => api.json(countCall(api, counted, signal), COUNT),
    tell: (text: string) => api.tell(text),
    pause: (attempt: number) => api.clock.wait(backOffMs(attempt, api.clock.chance()), signal),
  };
  const endGiven = request.end !== undefined;
  return new RangeStream(await ResumingRange.open(vendor, { maxResumes, endGiven }));
}

function countCall(
  api: VendorApi,
  fields: RequestFields,
  signal: AbortSignal | undefined,
): VendorCall {
  const method = 'metadata.get_record_count';
  return { method, verb: 'POST', group: 'metadata', url: api.urlOf(method), fields, signal };
}

/**
 * The fields of the rest. The end is said outright: the vendor would fill a missing one from the
 * precision of the new start, which is a nanosecond.
 */
function resumedFields(
  asked: RequestFields,
  request: DataRequest,
  resume: RangeResume,
): RequestFields {
  const { limit } = request;
  return {
    ...asked,
    start: String(resume.startNs),
    end: request.end === undefined ? String(resume.endNs) : asked['end'],
    limit: limit === undefined ? undefined : String(limit - resume.delivered),
  };
}
