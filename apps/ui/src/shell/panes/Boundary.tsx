import { Component, type ReactNode } from "react";
import { Button } from "../controls/Button.tsx";
import { PaneState } from "./PaneState.tsx";

type BoundaryProps = {
  /** Its content's name in a sentence; undefined where nothing should stand in its place. */
  readonly what: string | undefined;
  /** What it shows: another one is drawn, whatever the last one failed with. */
  readonly of?: unknown;
  readonly children: ReactNode;
};

type BoundaryState = {
  readonly error: Error | undefined;
  /** What the error is of. */
  readonly of: unknown;
};

/** Where drawing a part of the page fails, that part says so, and the rest of the page stays as it is. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { error: undefined, of: this.props.of };

  static getDerivedStateFromError(error: unknown): Partial<BoundaryState> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ of }: BoundaryProps, state: BoundaryState): BoundaryState | null {
    return of === state.of ? null : { error: undefined, of };
  }

  override render(): ReactNode {
    const { error } = this.state;
    const { what, children } = this.props;
    if (error === undefined) {
      return children;
    }
    if (what === undefined) {
      return null;
    }
    return (
      <PaneState title={`The page failed to show ${what}`} isAlert>
        <p>{error.message}</p>
        <Button onClick={() => this.setState({ error: undefined })}>Try again</Button>
      </PaneState>
    );
  }
}
