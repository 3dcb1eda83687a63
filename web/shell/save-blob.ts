import type { PageController } from './page-controller.ts';

/** Hands a file to the browser's downloads, named after instrument, date and exchange time. */
export function saveBlob(c: PageController, blob: Blob, extension: string): void {
  const { config, clock } = c.state;
  const time = clock.value.time.replaceAll(':', '').replace(/\..*/, '');
  const name = `${config.value?.symbol ?? 'none'}-${config.value?.dt ?? ''}-${time}.${extension}`;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  c.notify(`Saved ${name}`);
}
