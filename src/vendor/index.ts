export { DataFolder, type PassedOver } from './data-folder.ts';
export type { DataFile } from './data-folder-index.ts';
export { mergedRuns, type TimeSpan } from './data-folder-merge.ts';
export { SymbolDirectory, type SymbolSpan } from './data-folder-symbols.ts';
