/** A page that fails while drawing shows what happened instead of nothing; the frame stays. */
import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { Translation } from "react-i18next";
import { ErrorPanel } from "../components/ErrorPanel";
import { Page } from "../components/layout/Page";

interface State {
  error?: unknown;
}

/** Catches errors of everything inside. */
export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    return (
      <Translation>
        {(t) => (
          <Page title={t("components:error.page")}>
            <ErrorPanel
              error={{ code: "page_failed", message: String(this.state.error), cost: t("components:error.pageCost"), remedy: t("components:error.pageRemedy") }}
              actions={<Button onClick={() => this.setState({ error: undefined })}>{t("frame:retry")}</Button>}
            />
          </Page>
        )}
      </Translation>
    );
  }
}
