import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DownloadRequest, JobFile } from '../../../src/databento/index.ts';
import { runDaemon } from '../../../src/intake/index.ts';
import { MemoryVendor } from './memory-vendor.ts';
import { beginRun, filesBelow, futuresPlan, onePlan, scratch } from './small-market.ts';

const NO_DEFINITIONS = new Uint8Array();

/** A vendor that lists other files than usual. */
class OtherFiles extends MemoryVendor {
  private readonly names: readonly string[];

  constructor(names: readonly string[]) {
    super(NO_DEFINITIONS);
    this.names = names;
  }

  override async listFiles(): Promise<JobFile[]> {
    return this.names.map((filename) => ({ filename, bytes: 1, sha256: '', url: '' }));
  }
}

function begin(vendor: MemoryVendor) {
  const folder = scratch();
  return { folder, ...beginRun('http://127.0.0.1:1', folder, { vendor, maxAttempts: 2 }) };
}

test.each([['../../../escaped.dbn'], ['a/b.dbn'], ['.hidden.dbn'], ['x\0.dbn'], ['']])(
  'a file named %j is refused, and nothing is written outside',
  async (name) => {
    const { run, folder, close } = begin(new OtherFiles([name]));
    const outcome = await runDaemon(run, onePlan());
    close();
    expect(outcome.failed[0]?.why).toContain("cannot be a file's name");
    expect(readdirSync(folder)).toEqual(['logs']);
  },
);

test('a job whose id leads elsewhere is refused', async () => {
  const vendor = new MemoryVendor(NO_DEFINITIONS);
  const { run, folder, close } = begin(vendor);
  const { submitJob } = vendor;
  vendor.submitJob = async (request) => {
    const job = await submitJob.call(vendor, request);
    return Object.assign(job, { id: '../../../elsewhere' });
  };
  const outcome = await runDaemon(run, onePlan());
  close();
  expect(outcome.failed[0]?.why).toContain("a job id that cannot be a file's name");
  expect(existsSync(join(folder, 'lake'))).toBe(false);
});

test('data comes last, so that what is there is whole', async () => {
  const order: string[] = [];
  const vendor = new OtherFiles(['b.mbo.dbn.zst', 'condition.json', 'a.mbo.dbn', 'z.json']);
  const { downloadFile } = vendor;
  vendor.downloadFile = (request: DownloadRequest) => {
    order.push(request.file.filename);
    return downloadFile.call(vendor, request);
  };
  const { run, close } = begin(vendor);
  await runDaemon(run, onePlan());
  close();
  expect(order).toEqual(['condition.json', 'z.json', 'b.mbo.dbn.zst', 'a.mbo.dbn']);
});

test('a day that the vendor calls degraded is told and kept in mind', async () => {
  const vendor = new OtherFiles(['condition.json', 'a.mbo.dbn']);
  vendor.content = () => Buffer.from('[{"date":"2026-01-05","condition":"degraded"}]');
  const { run, lines, close } = begin(vendor);
  await runDaemon(run, onePlan());
  close();
  expect([...run.tracker.jobs.values()]).toMatchObject([{ condition: 'degraded' }]);
  expect(lines.join()).toContain('calls the data of the day degraded');
});

test('a job without records is done, and said to be empty', async () => {
  const { run, lines, close } = begin(new OtherFiles(['metadata.json']));
  expect(await runDaemon(run, onePlan())).toMatchObject({ downloaded: 1, failed: [] });
  close();
  expect(lines.join()).toContain('there are no records');
});

test('an error for which going on is vain ends the run, the others in peace', async () => {
  const vendor = new MemoryVendor(NO_DEFINITIONS);
  const { downloadFile } = vendor;
  vendor.downloadFile = async (request: DownloadRequest) => {
    if (request.path.includes('definition')) throw new Error('a defect');
    await downloadFile.call(vendor, request);
  };
  const { run, folder, close } = begin(vendor);
  await expect(runDaemon(run, futuresPlan(['2026-01-05'], ['definition']))).rejects.toThrow(
    'a defect',
  );
  close();
  expect(filesBelow(folder).some((name) => name.includes('.part'))).toBe(false);
});
