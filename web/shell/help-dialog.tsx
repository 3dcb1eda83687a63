import { useLayoutEffect, useRef } from 'preact/hooks';
import type { KeyBinding } from './keyboard.ts';

/** All keys, in a dialogue. `Esc` closes it. */
export function HelpDialog(props: {
  bindings: readonly KeyBinding[];
  open: boolean;
  onClose: () => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => {
    if (props.open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [props.open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={props.onClose}>
      <header>
        <h2 id="help-title">Keys and mouse</h2>
        <button type="button" class="icon" aria-label="Close help" onClick={props.onClose}>
          ×
        </button>
      </header>
      <dl>
        {props.bindings.map((b) => (
          <div key={b.shown}>
            <dt>
              <kbd>{b.shown}</kbd>
            </dt>
            <dd>{b.does}</dd>
          </div>
        ))}
      </dl>
      <p>
        Mouse: scroll zooms price, Ctrl, Cmd or Shift + scroll (or sideways) zooms time, both at the
        cursor. Drag moves, Shift + drag draws a box to zoom to, dragging an axis zooms it,
        double-click resets, a click copies the numbers under the crosshair.
      </p>
    </dialog>
  );
}
