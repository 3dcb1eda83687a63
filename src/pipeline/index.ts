export type {
  Counters,
  PublishedPartition,
  Stage,
  StageInput,
  StageIo,
  StageReport,
  StageTask,
} from './stage.ts';
