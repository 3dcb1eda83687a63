/**
 * The methods of `metadata.*`. Source: Databento docs, Historical API, metadata.
 */
import { isoOf, type Schema } from '../../dbn/index.ts';
import type { DataFile } from '../data-folder-index.ts';
import { startOfDay } from '../data-folder-time.ts';
import type { ApiMethod } from './api-call.ts';
import { dataQueryOf, requireDataset } from './data-query.ts';
import { conditionsOf } from './dataset-condition.ts';
import { datasetDays } from './dataset-days.ts';
import { listFields } from './list-fields.ts';
import { measureQuery } from './measure-query.ts';
import { listPublishers } from './publishers.ts';
import { costOf, unitPrices } from './unit-prices.ts';

const ENCODINGS = ['dbn', 'csv', 'json'] as const;

function rangeOf(files: readonly DataFile[]) {
  const days = datasetDays(files);
  return { start: isoOf(startOfDay(days.first)), end: isoOf(startOfDay(days.end)) };
}

/** `metadata.list_publishers` */
export const publishersMethod: ApiMethod = () => ({ json: listPublishers() });

/** `metadata.list_datasets` */
export const datasetsMethod: ApiMethod = ({ folder }, { fields }) => {
  const first = fields.days('start_date')?.first ?? Number.NEGATIVE_INFINITY;
  const end = fields.days('end_date')?.first ?? Number.POSITIVE_INFINITY;
  const json = folder.datasets.filter((dataset) => {
    const days = datasetDays(folder.files(dataset));
    return days.first < end && days.end > first;
  });
  return { json };
};

/** `metadata.list_schemas` */
export const schemasMethod: ApiMethod = ({ folder }, { fields }) => ({
  json: folder.schemas(requireDataset(folder, fields)),
});

/** `metadata.list_fields` */
export const fieldsMethod: ApiMethod = ({ version }, { fields }) => {
  const encoding = fields.choice('encoding', ENCODINGS);
  return { json: listFields(fields.schema(), encoding, version) };
};

/** `metadata.list_unit_prices` */
export const unitPricesMethod: ApiMethod = ({ folder }, { fields }) => ({
  json: unitPrices(folder.schemas(requireDataset(folder, fields))),
});

/** `metadata.get_dataset_condition`; both dates are inclusive. */
export const conditionMethod: ApiMethod = ({ folder }, { fields }) => {
  const files = folder.files(requireDataset(folder, fields));
  const [start, end] = [fields.days('start_date'), fields.days('end_date')];
  const days = datasetDays(files);
  const bounds = { first: start?.first ?? days.first, end: end?.end ?? days.end };
  return { json: conditionsOf(files, start || end ? bounds : null) };
};

/** `metadata.get_dataset_range` */
export const rangeMethod: ApiMethod = ({ folder }, { fields }) => {
  const dataset = requireDataset(folder, fields);
  const of = (schema: Schema) => rangeOf(folder.files(dataset, schema));
  const schema = Object.fromEntries(folder.schemas(dataset).map((name) => [name, of(name)]));
  return { json: { ...rangeOf(folder.files(dataset)), schema } };
};

/** `metadata.get_record_count` */
export const recordCountMethod: ApiMethod = async ({ folder, version }, { fields }) => ({
  json: (await measureQuery(dataQueryOf(folder, fields), version)).records,
});

/** `metadata.get_billable_size` */
export const billableSizeMethod: ApiMethod = async ({ folder, version }, { fields }) => ({
  json: (await measureQuery(dataQueryOf(folder, fields), version)).bytes,
});

/** `metadata.get_cost` */
export const costMethod: ApiMethod = async ({ folder, version }, { fields }) => {
  const query = dataQueryOf(folder, fields);
  return { json: costOf(query.schema, (await measureQuery(query, version)).bytes) };
};
