/** `/smeshing`: empty until something is set up, then the overview. */
import { useTranslation } from "react-i18next";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page } from "../../components/layout/Page";
import { useCommand, useData } from "../../transport";
import { useSmeshing } from "./data";
import { EmptyView } from "./EmptyView";
import { OverviewView } from "./OverviewView";

export function SmeshingPage() {
  const { t } = useTranslation("smeshing");
  const smeshing = useSmeshing();
  const network = useData("network");
  const pause = useCommand("pause_filling");
  const resume = useCommand("resume_filling");
  const dismiss = useCommand("dismiss_task");
  if (smeshing.data === undefined || network.data === undefined) {
    const error = smeshing.error ?? network.error;
    return error === null ? null : (
      <Page title={t("title")}>
        <ErrorPanel error={error} />
      </Page>
    );
  }
  return smeshing.data.setUp ? (
    <OverviewView
      smeshing={smeshing.data}
      network={network.data}
      error={pause.error ?? resume.error ?? dismiss.error}
      onPause={(identity) => pause.mutate({ identity })}
      onResume={(identity) => resume.mutate({ identity })}
      onDismiss={(task) => dismiss.mutate({ task })}
    />
  ) : (
    <EmptyView smeshing={smeshing.data} network={network.data} />
  );
}
