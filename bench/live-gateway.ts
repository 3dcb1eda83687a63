/**
 * The conformance gateway in a process of its own, for `live-client.ts`: plays a folder as fast as
 * each client takes it, then hangs up. Arguments: the folder and a key.
 */
import { startVendorGateway } from '../src/vendor/index.ts';

const [data = '', key = ''] = process.argv.slice(2);
const gateway = await startVendorGateway({ data, keys: [key], speed: 0, atEnd: 'close' });
process.send?.(gateway.port);
process.on('disconnect', () => process.exit());
