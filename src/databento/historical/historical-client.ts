/**
 * The vendor's Historical API, method by method. Source: Databento docs, Historical API.
 */
import type { Schema } from '../../dbn/index.ts';
import { SYSTEM_CLOCK } from '../system-clock.ts';
import {
  CONDITIONS,
  COUNT,
  DATASET_RANGE,
  DOLLARS,
  FIELDS,
  JOB,
  JOB_FILES,
  JOBS,
  NAMES,
  PUBLISHERS,
  RESOLUTION,
  UNIT_PRICES,
} from './answer-shapes.ts';
import { downloadFile } from './download-file.ts';
import type {
  BatchJob,
  DataRequest,
  DatasetCondition,
  DatasetRange,
  DownloadRequest,
  FieldInfo,
  HistoricalOptions,
  JobFile,
  JobRequest,
  JobState,
  Publisher,
  SymbolRequest,
  SymbolResolution,
  UnitPrices,
} from './historical-types.ts';
import { DEFAULT_TIMEOUTS } from './http-exchange.ts';
import { apiUrl } from './key-hosts.ts';
import { openRange } from './open-range.ts';
import type { RangeOptions, RangeStream } from './range-stream.ts';
import type { RateGroup } from './rate-limits.ts';
import { dataFields, jobFields, type RequestFields, symbolsField } from './request-fields.ts';
import { VendorApi, type VendorCall } from './vendor-api.ts';
import { requestDate } from './vendor-timestamp.ts';

const DEFAULT_URL = 'https://hist.databento.com';
const DEFAULT_MAX_ATTEMPTS = 5;

/**
 * A client. Every method takes a signal that cancels it, rejecting with the signal's reason.
 *
 * All reject with OperatingError VENDOR_AUTH, VENDOR_REFUSED (the vendor's words, with case and
 * request id) or VENDOR_UNAVAILABLE (after every retry), and with DataError VENDOR_PROTOCOL when an
 * answer is not of the published shape, USAGE when a request cannot be asked.
 */
export class HistoricalClient {
  readonly #api: VendorApi;

  /** @throws DataError CONFIG when the URL is none, or would carry the key unencrypted. */
  constructor(options: HistoricalOptions) {
    const base = apiUrl(options.url ?? DEFAULT_URL);
    this.#api = new VendorApi({
      key: options.key,
      base,
      maxAttempts: options.maxAttempts ?? DEFAULT_MAX_ATTEMPTS,
      clock: options.clock ?? SYSTEM_CLOCK,
      timeouts: { ...DEFAULT_TIMEOUTS, ...options.timeouts },
      onNotice: options.onNotice ?? (() => {}),
    });
  }

  /** Datasets' venues, by the numbers that records carry. */
  listPublishers(signal?: AbortSignal): Promise<Publisher[]> {
    return this.#api.json(this.get('metadata.list_publishers', 'metadata', {}, signal), PUBLISHERS);
  }

  /** Codes of the datasets; of those that have data in a range of dates, end inclusive. */
  listDatasets(
    range: { startDate?: string; endDate?: string } = {},
    signal?: AbortSignal,
  ): Promise<string[]> {
    const fields = dateFields(range.startDate, range.endDate);
    return this.#api.json(this.get('metadata.list_datasets', 'metadata', fields, signal), NAMES);
  }

  /** Names of a dataset's schemas. */
  listSchemas(dataset: string, signal?: AbortSignal): Promise<string[]> {
    const call = this.get('metadata.list_schemas', 'metadata', { dataset }, signal);
    return this.#api.json(call, NAMES);
  }

  /** Fields of a schema in an encoding. */
  listFields(
    schema: Schema,
    encoding: 'dbn' | 'csv' | 'json',
    signal?: AbortSignal,
  ): Promise<FieldInfo[]> {
    const call = this.get('metadata.list_fields', 'metadata', { schema, encoding }, signal);
    return this.#api.json(call, FIELDS);
  }

  /** Prices of a dataset's schemas, USD per GB. */
  listUnitPrices(dataset: string, signal?: AbortSignal): Promise<UnitPrices[]> {
    const call = this.get('metadata.list_unit_prices', 'metadata', { dataset }, signal);
    return this.#api.json(call, UNIT_PRICES);
  }

  /** How good each day's data is; dates inclusive. */
  getDatasetCondition(
    dataset: string,
    startDate?: string,
    endDate?: string,
    signal?: AbortSignal,
  ): Promise<DatasetCondition[]> {
    const fields = { dataset, ...dateFields(startDate, endDate) };
    const call = this.get('metadata.get_dataset_condition', 'metadata', fields, signal);
    return this.#api.json(call, CONDITIONS);
  }

  /** The range that can be asked for. */
  getDatasetRange(dataset: string, signal?: AbortSignal): Promise<DatasetRange> {
    const call = this.get('metadata.get_dataset_range', 'metadata', { dataset }, signal);
    return this.#api.json(call, DATASET_RANGE);
  }

  /** Records that a request would give; free. */
  async getRecordCount(request: DataRequest, signal?: AbortSignal): Promise<number> {
    const fields = dataFields(request);
    const call = this.post('metadata.get_record_count', 'metadata', fields, signal);
    return this.#api.json(call, COUNT);
  }

  /** Bytes that a request would be billed for, uncompressed; free. */
  async getBillableSize(request: DataRequest, signal?: AbortSignal): Promise<number> {
    const fields = dataFields(request);
    const call = this.post('metadata.get_billable_size', 'metadata', fields, signal);
    return this.#api.json(call, COUNT);
  }

  /** What a request would cost, USD; free. */
  async getCost(request: DataRequest, signal?: AbortSignal): Promise<number> {
    const fields = dataFields(request);
    return this.#api.json(this.post('metadata.get_cost', 'metadata', fields, signal), DOLLARS);
  }

  /** What symbols stood for over time; free. */
  async resolveSymbols(request: SymbolRequest, signal?: AbortSignal): Promise<SymbolResolution> {
    const fields = {
      dataset: request.dataset,
      symbols: symbolsField(request.symbols),
      stype_in: request.stypeIn,
      stype_out: request.stypeOut,
      start_date: requestDate('startDate', request.startDate),
      end_date: request.endDate && requestDate('endDate', request.endDate),
    };
    const call = this.post('symbology.resolve', 'symbology', fields, signal);
    return this.#api.json(call, RESOLUTION);
  }

  /**
   * Streams records; billed for what is sent, each time. Read the stream to its end or close it.
   */
  getRange(request: DataRequest, options: RangeOptions = {}): Promise<RangeStream> {
    return openRange(this.#api, request, options);
  }

  /**
   * Has a job made, which is billed. Never repeated after a failure that leaves open whether it was
   * made: the error says so, and `listJobs` tells.
   */
  async submitJob(request: JobRequest, signal?: AbortSignal): Promise<BatchJob> {
    const call = this.post('batch.submit_job', 'submit', jobFields(request), signal);
    return this.#api.json({ ...call, once: true }, JOB);
  }

  /** Jobs of the account, oldest first; all that have not expired unless states are given. */
  listJobs(
    filter: { states?: readonly JobState[]; sinceNs?: bigint } = {},
    signal?: AbortSignal,
  ): Promise<BatchJob[]> {
    const { states = ['queued', 'processing', 'done'], sinceNs } = filter;
    const fields = { states: states.join(','), since: sinceNs?.toString() };
    return this.#api.json(this.get('batch.list_jobs', 'list', fields, signal), JOBS);
  }

  /** One job. */
  getJob(jobId: string, signal?: AbortSignal): Promise<BatchJob> {
    const call = this.get('batch.get_job_details', 'list', { job_id: jobId }, signal);
    return this.#api.json(call, JOB);
  }

  /** Files of a finished job. */
  listFiles(jobId: string, signal?: AbortSignal): Promise<JobFile[]> {
    const call = this.get('batch.list_files', 'list', { job_id: jobId }, signal);
    return this.#api.json(call, JOB_FILES);
  }

  /**
   * Fetches a file: resumed where an earlier try stopped, compared with its sha256, and there whole
   * or not at all. A file that is there already, whole, is left as it is.
   * @throws DataError VENDOR_CHECKSUM when it is wrong twice; OperatingError FILE_WRITE.
   */
  downloadFile(request: DownloadRequest): Promise<void> {
    return downloadFile(this.#api, request);
  }

  /** Lets go of connections that are kept open; requests under way fail. */
  close(): void {
    this.#api.close();
  }

  private get(
    method: string,
    group: RateGroup,
    fields: RequestFields,
    signal: AbortSignal | undefined,
  ): VendorCall {
    return { method, verb: 'GET', group, url: this.#api.urlOf(method), fields, signal };
  }

  private post(
    method: string,
    group: RateGroup,
    fields: RequestFields,
    signal: AbortSignal | undefined,
  ): VendorCall {
    return { method, verb: 'POST', group, url: this.#api.urlOf(method), fields, signal };
  }
}

function dateFields(startDate?: string, endDate?: string): RequestFields {
  return {
    start_date: startDate && requestDate('startDate', startDate),
    end_date: endDate && requestDate('endDate', endDate),
  };
}
