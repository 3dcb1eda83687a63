import { HealthPanel } from './health.tsx';
import { statusText } from './health-meter.ts';
import type { PageController } from './page-controller.ts';

function connectionNote(c: PageController) {
  const status = c.state.status.value;
  const preparing = c.state.preparing.value;
  if (status.state === 'failed') {
    return (
      <div class="note bad" role="alert">
        <b>{status.error.message}</b> {status.error.hint} <code>{status.error.code}</code>
        <button type="button" onClick={() => c.connection.restart()}>
          Try again
        </button>
      </div>
    );
  }
  if (status.state === 'waiting') {
    return (
      <div class="note warn" role="status">
        Disconnected: {statusText(status)}.
        <button type="button" onClick={() => c.connection.retryNow()}>
          Try now
        </button>
      </div>
    );
  }
  if (status.state === 'ended') {
    return (
      <div class="note" role="status">
        End of the data.
        <button type="button" onClick={() => c.restart()}>
          Play again
        </button>
      </div>
    );
  }
  if (preparing) {
    const share = preparing.progress;
    return (
      <div class="note" role="status">
        {preparing.what}
        {share === null ? '…' : ` ${Math.round(share * 100)} %`}
        <progress value={share ?? undefined} max={1} aria-label={preparing.what} />
      </div>
    );
  }
  if (status.state === 'connecting') return <div class="note">Connecting…</div>;
  return null;
}

/**
 * What the user should know now: connection, preparation, passing notices, and the health panel
 * when open.
 */
export function StatusNotes({ controller: c }: { controller: PageController }) {
  const { state } = c;
  const health = state.health.value;
  return (
    <>
      <section class="notes" aria-label="Notices">
        {connectionNote(c)}
        {state.notices.value.map((n) => (
          <div key={n.id} class={`note ${n.kind === 'warn' ? 'warn' : ''}`} role="status">
            {n.text}
          </div>
        ))}
      </section>
      {state.healthOpen.value && health && (
        <HealthPanel
          facts={health}
          onClose={() => {
            state.healthOpen.value = false;
          }}
        />
      )}
    </>
  );
}
