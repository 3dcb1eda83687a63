/**
 * Follows a vacuum-pressure stream and prints spot, net edge and the row with the strongest vacuum.
 *
 *   node examples/stream-client.mjs URL [FRAMES]
 *
 * URL as `spymaster serve vacuum-pressure` prints it, e.g.
 * ws://localhost:8002/v1/vacuum-pressure/stream?symbol=ESH6&dt=2026-01-05&start_time=09:30
 */
import { tableFromIPC } from '@uwdata/flechette';
import WebSocket from 'ws';

const [url, frames = '40'] = process.argv.slice(2);
const socket = new WebSocket(url);
let update = null;
let seen = 0;

function strongestVacuum(bytes) {
  const table = tableFromIPC(bytes);
  const vacuum = table.getChild('vacuum_variant').toArray();
  const best = vacuum.reduce((top, value, row) => (value > vacuum[top] ? row : top), 0);
  return { k: table.getChild('k').at(best), vacuum: vacuum[best] };
}

/** Prices are integers of 1e-9, as strings; null while they are not known. */
const price = (text) => (text === null ? '-' : (Number(text) * 1e-9).toFixed(2));

socket.on('message', (data, isBinary) => {
  if (!isBinary) {
    const message = JSON.parse(data.toString());
    if (message.type === 'grid_update') update = message;
    else if (message.type === 'error') console.error(`${message.message} (${message.hint})`);
    else console.log(message.type);
    return;
  }
  const { k, vacuum } = strongestVacuum(new Uint8Array(data));
  const regime = update.edge?.regime ?? '-';
  console.log(
    `seq ${update.seq} spot ${price(update.spot_ref_price_int)} ${regime}; ` +
      `most vacuum at k = ${k}: ${vacuum.toFixed(1)} lots/s`,
  );
  if (++seen >= Number(frames)) socket.close();
});
socket.on('error', (error) => {
  console.error(error.message);
  process.exitCode = 1;
});
