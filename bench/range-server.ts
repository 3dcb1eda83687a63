/**
 * A thread that serves one file to whoever asks, as the vendor streams a range: it costs the
 * measured thread nothing but its socket.
 */
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

/** Bytes read from the file at a time. */
const READ_BYTES = 256 * 1024;

const path = workerData as string;
const server = createServer((request, response) => {
  request.resume();
  response.writeHead(200, { 'content-length': statSync(path).size });
  createReadStream(path, { highWaterMark: READ_BYTES }).pipe(response);
});
server.listen(0, '127.0.0.1', () => {
  parentPort?.postMessage((server.address() as AddressInfo).port);
});
