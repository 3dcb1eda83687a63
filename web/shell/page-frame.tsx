import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { attachPointer } from '../surface/index.ts';
import { HelpDialog } from './help-dialog.tsx';
import { attachKeyboard, type KeyBinding } from './keyboard.ts';
import type { PageController } from './page-controller.ts';
import { readOut } from './read-cell.ts';
import { StatusNotes } from './status-notes.tsx';

/** The surface's place on the page. */
export function Surface({
  controller: c,
  children,
}: {
  controller: PageController;
  children?: ComponentChildren;
}) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    c.attachSurface(host.current!);
    const { view } = c;
    if (!view) return;
    const detach = attachPointer(view, () => c.copyReading());
    return () => {
      detach();
      view.dispose();
    };
  }, [c]);
  const broken = c.state.broken.value;
  return (
    <section class="surface">
      <div
        ref={host}
        class="surface-host"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application takes the arrow keys
        tabIndex={0}
        aria-label="Price and time surface. Arrow keys move, plus and minus zoom, question mark lists all keys."
        aria-describedby="spoken"
      />
      {children}
      {broken && (
        <p class="broken" role="alert">
          {broken} Try a current Chrome, Firefox, Edge or Safari.
        </p>
      )}
    </section>
  );
}

function ReadOut({ controller: c }: { controller: PageController }) {
  const reading = c.state.reading.value;
  return (
    <section class="read-out" aria-label="Numbers under the crosshair">
      {reading ? (
        <>
          <b>{reading.time}</b>
          <b>{reading.price}</b>
          {readOut(reading, c.plan.readOut).map(([label, text]) => (
            <span key={label}>
              <i>{label}</i> {text}
            </span>
          ))}
          {reading.frameSeq === null && <span class="warn">no data here</span>}
          {reading.held && <span class="warn">held frame {reading.frameSeq}</span>}
          {!reading.bookValid && <span class="warn">book not valid</span>}
        </>
      ) : (
        <span class="dim">
          Point at the surface for exact numbers. Scroll zooms price, Ctrl + scroll time. Press ?
          for all keys.
        </span>
      )}
    </section>
  );
}

/**
 * What stands around every page: the given bars and stage, then the read-out, notices, help and
 * what screen readers are told.
 */
export function PageFrame(props: {
  controller: PageController;
  bindings: readonly KeyBinding[];
  children: ComponentChildren;
}) {
  const { controller: c, bindings } = props;
  useEffect(() => attachKeyboard(bindings), [bindings]);
  return (
    <div class="page">
      {props.children}
      <ReadOut controller={c} />
      <StatusNotes controller={c} />
      <HelpDialog
        bindings={bindings.filter((b) => b.shown)}
        open={c.state.helpOpen.value}
        onClose={() => {
          c.state.helpOpen.value = false;
        }}
      />
      <p id="spoken" class="visually-hidden" aria-live="polite">
        {c.state.spoken.value}
      </p>
    </div>
  );
}
