import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DataFolder } from '../../src/vendor/index.ts';
import { liveFolder } from './live-data.ts';
import { answer, gatewayFor, KEY, RawClient, startedClient } from './live-raw-client.ts';

let folder: ReturnType<typeof liveFolder>;
let data: DataFolder;
beforeAll(async () => {
  folder = liveFolder();
  data = await DataFolder.open(folder.path);
});
afterAll(() => folder.remove());

const SESSION = 'dataset=GLBX.MDP3|encoding=dbn';

describe('the handshake of the live gateway', () => {
  it('asks for the digest that is published', () => {
    const published = 'be87ce3d564b64481d4ad1902e2b41b26e3eef62b9de37d87eb4a1d4a5199b6f-FFFFF';
    expect(answer('abcd1234', KEY)).toBe(published);
  });

  it('greets, challenges anew each time, and lets the right key in', async () => {
    const gateway = await gatewayFor({ data });
    const challenges = new Set<string>();
    const sessions = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const client = new RawClient(gateway);
      expect(await client.line()).toBe('lsg_version=0.9.4');
      const cram = await client.line();
      expect(cram).toMatch(/^cram=[a-zA-Z]{32}$/);
      challenges.add(cram!);
      client.send(`auth=${answer(cram!.slice(5), KEY)}|${SESSION}`);
      const said = await client.line();
      expect(said).toMatch(/^success=1\|session_id=\d+$/);
      sessions.add(said!);
    }
    expect([challenges.size, sessions.size]).toEqual([3, 3]);
  });

  it('takes the fields in any order, and a carriage return', async () => {
    const gateway = await gatewayFor({ data });
    const client = new RawClient(gateway);
    await client.line();
    const cram = (await client.line())!.slice(5);
    client.send(`client=me|ts_out=1|${SESSION}|auth=${answer(cram, KEY)}|\r`);
    expect(await client.line()).toMatch(/^success=1/);
    expect(gateway.connections[0]).toMatchObject({ client: 'me', dataset: 'GLBX.MDP3' });
  });

  const refusals: [what: string, fields: string, key: string, error: string][] = [
    ['a wrong key', SESSION, 'db-unittestapikey1234567890XFFFFF', 'Authentication failed'],
    ['a key nobody has', SESSION, 'db-unittestapikey1234567890GGGGG', 'Unknown API key bucket'],
    ['no dataset', 'encoding=dbn', KEY, "Unknown dataset ''"],
    ['another dataset', 'dataset=XNAS.ITCH', KEY, "Unknown dataset 'XNAS.ITCH'"],
    ['csv', 'dataset=GLBX.MDP3|encoding=csv', KEY, "Unsupported encoding 'csv'"],
    ['ts_out=2', `${SESSION}|ts_out=2`, KEY, "Invalid ts_out '2'"],
    ['gzip', `${SESSION}|compression=gzip`, KEY, "Unsupported compression 'gzip'"],
    ['4 s', `${SESSION}|heartbeat_interval_s=4`, KEY, "Invalid heartbeat_interval_s '4'"],
    ['1801 s', `${SESSION}|heartbeat_interval_s=1801`, KEY, "Invalid heartbeat_interval_s '1801'"],
    ['wait', `${SESSION}|slow_reader_behavior=wait`, KEY, "Invalid slow_reader_behavior 'wait'"],
    ['a field twice', `${SESSION}|dataset=A`, KEY, 'Malformed authentication request'],
  ];
  it.each(refusals)('refuses %s and hangs up', async (_, fields, key, error) => {
    const gateway = await gatewayFor({ data });
    const client = new RawClient(gateway);
    expect(await client.login(fields, key)).toBe(`success=0|error=${error}`);
    await client.untilEnd();
    expect(client.failure).toBeNull();
    expect(gateway.connections[0]).toMatchObject({ refused: error, started: false });
    expect(JSON.stringify(gateway.connections)).not.toContain(key);
  });

  it('ends a session whose line has no end', async () => {
    const gateway = await gatewayFor({ data });
    const client = new RawClient(gateway);
    client.socket.write('x'.repeat(300_000));
    await client.untilEnd();
    expect(gateway.connections[0]?.started).toBe(false);
  });

  it('survives whatever it is sent', async () => {
    const gateway = await gatewayFor({ data });
    const words = fc.constantFrom(
      'auth=',
      'schema=mbo',
      '|',
      'symbols=ESH6',
      'start_session',
      '\n',
    );
    const noise = fc.array(fc.oneof(words, fc.string(), fc.constant('\u0000\u00ff')));
    const property = fc.asyncProperty(noise, fc.boolean(), async (parts, loggedIn) => {
      const client = new RawClient(gateway);
      if (loggedIn) expect(await client.login(SESSION)).toMatch(/^success=1/);
      client.socket.end(`${parts.join('')}\nstart_session\n`);
      await client.untilEnd();
    });
    await fc.assert(property, { seed: 7, numRuns: 40 });
    expect(await new RawClient(gateway).login(SESSION)).toMatch(/^success=1/);
    expect(gateway.connections.every((c) => c.failure === null)).toBe(true);
  });

  it('lets in a key that is added, and as many sessions as are allowed', async () => {
    const key = 'db-anotherkeyofsomebody12345HHHHH';
    const gateway = await gatewayFor({ data, maxSessions: 2 });
    gateway.addKey(key);
    const first = new RawClient(gateway);
    expect(await first.login(SESSION, key)).toMatch(/^success=1/);
    const second = await startedClient(gateway, []);
    const third = new RawClient(gateway);
    const limit = 'success=0|error=User has reached their open connection limit';
    expect(await third.login()).toBe(limit);
    second.socket.end();
    await second.untilEnd();
    const again = async () => (await new RawClient(gateway).login())?.slice(0, 9);
    await expect.poll(again).toBe('success=1');
  });
});

describe('faults of the handshake', () => {
  it('splits lines into single bytes', async () => {
    const gateway = await gatewayFor({ data, faults: ['split-lines'] });
    const client = new RawClient(gateway);
    expect(await client.login()).toMatch(/^success=1/);
    expect(client.segments.length).toBeGreaterThan(20);
  });

  it('sends greeting and challenge in one segment', async () => {
    const gateway = await gatewayFor({ data, faults: ['merged-greeting'] });
    const client = new RawClient(gateway);
    expect(await client.login()).toMatch(/^success=1/);
    expect(client.segments[0]).toBe('lsg_version=0.9.4\ncram=\n'.length + 32);
  });

  const told: [fault: string, said: string | null][] = [
    ['trailing-bar', 'success=1|session_id=1|'],
    ['auth-garbled', 'welcome'],
    ['wrong-challenge', 'success=0|error=Authentication failed'],
    ['auth-refused', 'success=0|error=Authentication failed'],
    ['unknown-key', 'success=0|error=Unknown API key bucket'],
    ['connection-limit', 'success=0|error=User has reached their open connection limit'],
    ['refuse', null],
  ];
  it.each(told)('%s: the client is told %s', async (fault, said) => {
    const gateway = await gatewayFor({ data, faults: [fault] });
    const client = new RawClient(gateway);
    if (fault === 'refuse') expect(await client.line()).toBe(said);
    else expect(await client.login()).toBe(said);
  });

  it('keeps silent, or greets without end, until the client goes', async () => {
    const gateway = await gatewayFor({ data, faults: ['no-greeting@1', 'endless-greeting@2'] });
    const silent = new RawClient(gateway);
    await expect.poll(() => gateway.connections.length).toBe(1);
    const endless = new RawClient(gateway);
    const greeting = await endless.untilBytes(128 * 1024);
    expect(greeting.includes('\n')).toBe(false);
    expect(silent.stream.length).toBe(0);
  });

  it('can be hung up on at any moment, and its place is free again', async () => {
    const gateway = await gatewayFor({ data, maxSessions: 1 });
    const last = () => gateway.connections.at(-1)!;
    const moments = [
      ['fin', 'no-greeting', () => last().open],
      ['rst', 'auth-delayed:60000', () => last().dataset !== null],
      ['cut', 'trailing-bar', () => last().dataset !== null],
    ] as const;
    for (const [i, [how, fault, reached]] of moments.entries()) {
      gateway.faults.set([fault]);
      const client = new RawClient(gateway);
      void client.login();
      await expect.poll(() => gateway.connections.length).toBe(i + 1);
      await expect.poll(reached).toBe(true);
      gateway.disconnectAll(how);
      await client.untilEnd();
    }
    const again = async () => (await new RawClient(gateway).login())?.slice(0, 9);
    await expect.poll(again).toBe('success=1');
  });

  it('answers late: not before others who came later', async () => {
    const gateway = await gatewayFor({ data, faults: ['auth-delayed:60000@1'] });
    const late = new RawClient(gateway);
    const answered = late.login();
    await expect.poll(() => gateway.connections[0]?.dataset).toBe('GLBX.MDP3');
    expect(await new RawClient(gateway).login()).toMatch(/^success=1/);
    expect(late.received.includes('success')).toBe(false);
    late.socket.destroy();
    expect(await answered).toBeNull();
  });

  it('closes the sixth connection of a second at once, by the rule of five', async () => {
    const gateway = await gatewayFor({ data, faults: ['connection-rate'] });
    const clients = Array.from({ length: 6 }, () => new RawClient(gateway));
    const lines = await Promise.all(clients.map((client) => client.line()));
    expect(lines.filter((line) => line === null)).toHaveLength(1);
  });

  it('refuses a fault that it does not know, with the names it knows', async () => {
    const wrong = gatewayFor({ data, faults: ['fin-now'] });
    await expect(wrong).rejects.toMatchObject({ code: 'USAGE' });
    await expect(gatewayFor({ data, faults: ['fin-now'] })).rejects.toThrow(/fin-mid-record/);
  });
});
