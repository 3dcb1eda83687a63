/**
 * The methods of the API by name. Source: Databento docs, Historical API.
 */
import type { ApiMethod } from './api-call.ts';
import {
  downloadMethod,
  jobDetailsMethod,
  listFilesMethod,
  listJobsMethod,
  submitMethod,
} from './batch-methods.ts';
import { getRangeMethod, resolveMethod } from './data-methods.ts';
import {
  billableSizeMethod,
  conditionMethod,
  costMethod,
  datasetsMethod,
  fieldsMethod,
  publishersMethod,
  rangeMethod,
  recordCountMethod,
  schemasMethod,
  unitPricesMethod,
} from './metadata-methods.ts';

/** How a method is called. */
interface Route {
  verb: 'GET' | 'POST';
  work: ApiMethod;
}

const get = (work: ApiMethod): Route => ({ verb: 'GET', work });
const post = (work: ApiMethod): Route => ({ verb: 'POST', work });

/** Every method. */
export const METHODS: Readonly<Record<string, Route>> = {
  'metadata.list_publishers': get(publishersMethod),
  'metadata.list_datasets': get(datasetsMethod),
  'metadata.list_schemas': get(schemasMethod),
  'metadata.list_fields': get(fieldsMethod),
  'metadata.list_unit_prices': get(unitPricesMethod),
  'metadata.get_dataset_condition': get(conditionMethod),
  'metadata.get_dataset_range': get(rangeMethod),
  'metadata.get_record_count': post(recordCountMethod),
  'metadata.get_billable_size': post(billableSizeMethod),
  'metadata.get_cost': post(costMethod),
  'timeseries.get_range': post(getRangeMethod),
  'symbology.resolve': post(resolveMethod),
  'batch.submit_job': post(submitMethod),
  'batch.list_jobs': get(listJobsMethod),
  'batch.get_job_details': get(jobDetailsMethod),
  'batch.list_files': get(listFilesMethod),
  'batch.download': get(downloadMethod),
};
