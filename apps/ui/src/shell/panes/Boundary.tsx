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

/** Where drawing a part of the page fails, that part says so, and the rest of the page stays as it is. */
export class Boundary extends Component<BoundaryProps, { readonly error: Error | undefined }> {
  override state: { readonly error: Error | undefined } = { error: undefined };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidUpdate({ of }: BoundaryProps): void {
    if (of !== this.props.of && this.state.error !== undefined) {
      this.setState({ error: undefined });
    }
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
