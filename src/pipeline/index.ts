export type {
  Counters,
  PublishedPartition,
  SessionChoice,
  Stage,
  StageInput,
  StageIo,
  StageReport,
  StageTask,
} from './stage.ts';
