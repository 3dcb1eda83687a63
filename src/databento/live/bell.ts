/** Something that waits, and something that says when to look again. */
export class Bell {
  private waiting: { promise: Promise<void>; resolve: () => void } | null = null;

  /** Resolves with the next ring. Look before you wait, without an `await` between. */
  rung(): Promise<void> {
    if (!this.waiting) {
      let resolve = () => {};
      const promise = new Promise<void>((done) => {
        resolve = done;
      });
      this.waiting = { promise, resolve };
    }
    return this.waiting.promise;
  }

  ring(): void {
    this.waiting?.resolve();
    this.waiting = null;
  }
}
