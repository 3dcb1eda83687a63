import type {
  BatchJob,
  DataRequest,
  DownloadRequest,
  JobFile,
  JobRequest,
  JobState,
} from '../../databento/index.ts';

/** What of the vendor's Historical API downloads need; `HistoricalClient` is one. */
export interface BatchVendor {
  getCost(request: DataRequest, signal?: AbortSignal): Promise<number>;
  submitJob(request: JobRequest, signal?: AbortSignal): Promise<BatchJob>;
  listJobs(
    filter?: { states?: readonly JobState[]; sinceNs?: bigint },
    signal?: AbortSignal,
  ): Promise<BatchJob[]>;
  getJob(id: string, signal?: AbortSignal): Promise<BatchJob>;
  listFiles(jobId: string, signal?: AbortSignal): Promise<JobFile[]>;
  downloadFile(request: DownloadRequest): Promise<unknown>;
}
