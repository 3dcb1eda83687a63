/**
 * Writes what follows from config/datasets.yaml and contracts/: the feature catalogue,
 * futures_data.json and equities_data.json (product type -> layer -> stage -> table -> column), and
 * docs/tables.md.
 *
 * `node tools/feature-catalogue.mjs` writes the files; `--check` writes nothing and fails when they
 * differ from what the contracts say; `--root DIR` does so for another checkout.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';

/** What each file holds, by the product types in it. */
const FILES = {
  'futures_data.json': ['future_mbo', 'future_option_mbo'],
  'equities_data.json': ['equity_mbo', 'equity_option_cmbp_1'],
};
/** The contract selection is about futures: it has no product type of its own. */
const SELECTION_HOME = 'future_mbo';
/** Widest line that holds a whole list, as the formatter has it. */
const LINE_COLUMNS = 100;

function columnEntry(field, grain) {
  const union = Array.isArray(field.type) ? field.type : [field.type];
  return {
    meaning: field.doc,
    unit: field.unit,
    type: field.parquet,
    nullable: union.includes('null'),
    built_from: field.inputs,
    formula: field.formula,
    grain,
  };
}

function inputTables(record) {
  const others = record.fields.flatMap((f) => f.inputs).filter((input) => input.includes('.'));
  return [...new Set(others.map((input) => input.slice(0, input.lastIndexOf('.'))))].sort();
}

function tableEntry(record) {
  const columns = record.fields.map((field) => [field.name, columnEntry(field, record.grain)]);
  return {
    _description: record.doc,
    _grain: record.grain,
    _primary_key: record.key,
    _inputs: inputTables(record),
    ...Object.fromEntries(columns),
  };
}

/** Rows of the table of tables, each with its contract. */
function readTables(root) {
  const { datasets } = parse(readFileSync(join(root, 'config', 'datasets.yaml'), 'utf8'));
  return Object.entries(datasets).map(([name, dataset]) => ({
    name,
    ...dataset,
    record: JSON.parse(readFileSync(join(root, dataset.contract), 'utf8')),
  }));
}

function catalogue(tables) {
  const products = {};
  for (const { name, layer, stage, record } of tables) {
    const product = record.product_type ?? SELECTION_HOME;
    products[product] ??= {};
    products[product][layer] ??= {};
    products[product][layer][stage] ??= {};
    products[product][layer][stage][name.slice(name.lastIndexOf('.') + 1)] = tableEntry(record);
  }
  return products;
}

/** JSON as the formatter leaves it: a list on one line where it fits. */
function format(value, indent, lead) {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const line = `[${value.map((v) => JSON.stringify(v)).join(', ')}]`;
    if (lead + line.length < LINE_COLUMNS) return line;
    const items = value.map((v) => `${inner}${JSON.stringify(v)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const rows = Object.entries(value).map(([key, v]) => {
    const start = `${inner}${JSON.stringify(key)}: `;
    return start + format(v, inner, start.length);
  });
  return `{\n${rows.join(',\n')}\n${indent}}`;
}

const PAGE_INTRODUCTION = `# Tables

Every column of every table: type, unit, meaning, formula. This page is made of \`contracts/\`, as
are \`futures_data.json\` and \`equities_data.json\`: \`node tools/feature-catalogue.mjs\` writes
all three anew, and a test holds them equal. What tables are for, and how they are made and read:
[lake.md](lake.md).

Types are those of the Parquet files; \`enum\` and \`dictionary\` columns are text there.
A \`?\` after the type: the value may be absent. In formulas, bare names are columns of the same
table or of its inputs.
`;

function cell(text) {
  return text.replaceAll('|', '\\|');
}

function columnRow({ name, type, nullable, unit, meaning, formula }) {
  const shown = formula === '' ? '' : `\`${formula}\``;
  const cells = [`\`${name}\``, type + (nullable ? '?' : ''), unit, meaning, shown];
  return `| ${cells.map(cell).join(' | ')} |`;
}

function tableSection({ name, stage, record }) {
  const columns = record.fields.map((f) => ({ name: f.name, ...columnEntry(f, record.grain) }));
  const key = record.key.length > 0 ? record.key.map((k) => `\`${k}\``).join(', ') : 'none';
  return [
    `## \`${name}\`\n`,
    `${record.doc}\n`,
    `A row is: ${record.grain} Key: ${key}. Written by \`${stage}\`.\n`,
    '| column | type | unit | meaning | formula |',
    '| --- | --- | --- | --- | --- |',
    ...columns.map(columnRow),
    '',
  ].join('\n');
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const { values } = parseArgs({ options: { check: { type: 'boolean' }, root: { type: 'string' } } });
const root = values.root ?? join(dirname(fileURLToPath(import.meta.url)), '..');
const tables = readTables(root);
const products = catalogue(tables);
const files = { 'docs/tables.md': [PAGE_INTRODUCTION, ...tables.map(tableSection)].join('\n') };
for (const [name, types] of Object.entries(FILES)) {
  const part = Object.fromEntries(types.map((type) => [type, products[type] ?? {}]));
  files[name] = `${format(part, '', 0)}\n`;
}
for (const [name, text] of Object.entries(files)) {
  const path = join(root, name);
  if (!values.check) writeFileSync(path, text);
  else if (read(path) !== text) {
    console.error(`${name} is not what contracts/ says: node tools/feature-catalogue.mjs`);
    process.exitCode = 1;
  }
}
