/** Whole smeshing screens with fixed facts, by the name in `?screen=`. */
import { useState, type ReactNode } from "react";
import { EmptyView } from "../smeshing/EmptyView";
import { FillingView } from "../smeshing/FillingView";
import { HealthSection } from "../smeshing/HealthSection";
import { OverviewView } from "../smeshing/OverviewView";
import { SetupView, type SetupDraft } from "../smeshing/SetupView";
import { Page } from "../../components/layout/Page";
import type { ProposalView, FolderView, TaskView } from "../../bindings";
import * as facts from "./fixtures";

const nothing = () => undefined;

function Setup({ proposal, folder = facts.folder }: { proposal: ProposalView; folder?: FolderView }) {
  const [draft, setDraft] = useState<SetupDraft>({ coinbase: facts.identity.coinbase ?? "", identity: { kind: "new", name: "" } });
  return (
    <SetupView
      smeshing={{ ...facts.smeshing, setUp: false, identities: [], tasks: [] }}
      network={facts.network}
      proposal={proposal}
      folder={folder}
      forecast={proposal.forecast ?? undefined}
      draft={draft}
      onChange={setDraft}
      onCommit={nothing}
      onMeasure={nothing}
      busy={false}
      error={null}
    />
  );
}

function Filling({ task }: { task: TaskView }) {
  return (
    <FillingView
      identity={facts.identity}
      space={facts.space}
      task={task}
      providers={facts.providers}
      onPause={nothing}
      onResume={nothing}
      onDevices={nothing}
      onRemove={nothing}
      busy={false}
      error={null}
    />
  );
}

function Health({ task, damaged = false }: { task?: TaskView; damaged?: boolean }) {
  return (
    <Page title={facts.identity.name}>
      <HealthSection space={damaged ? facts.damagedSpace : facts.filledSpace} task={task} onCheck={nothing} onRepair={nothing} onStop={nothing} />
    </Page>
  );
}

function Overview({ task }: { task: TaskView }) {
  return (
    <OverviewView
      smeshing={{ ...facts.smeshing, tasks: [task] }}
      network={facts.network}
      onPause={nothing}
      onResume={nothing}
      onDismiss={nothing}
      error={null}
    />
  );
}

export const screens: Partial<Record<string, () => ReactNode>> = {
  empty: () => <EmptyView smeshing={{ ...facts.smeshing, setUp: false, identities: [], tasks: [] }} network={facts.network} />,
  setup: () => <Setup proposal={facts.proposal} />,
  "setup-measuring": () => <Setup proposal={facts.measuring} />,
  "setup-problems": () => (
    <Setup
      proposal={facts.proposal}
      folder={{
        ...facts.folder,
        drive: "network",
        problems: [
          { kind: "read_only", blocks: true, text: facts.said("Smapp may not write to this folder. Choose another one, or change its permissions.") },
          { kind: "network_drive", blocks: false, text: facts.said("This is a network drive. A break during the proof costs an epoch.") },
        ],
      }}
    />
  ),
  "setup-existing": () => (
    <Setup
      proposal={facts.proposal}
      folder={{
        ...facts.folder,
        data: {
          identity: facts.identity.id,
          keyHere: true,
          identityName: facts.identity.name,
          keyInFolder: true,
          commitmentAtx: facts.space.commitmentAtx,
          units: 4,
          labelsPerUnit: "4294967296",
          fitsNetwork: true,
          maxFileBytes: facts.space.maxFileBytes,
          doneBytes: facts.space.totalBytes,
          totalBytes: facts.space.totalBytes,
          complete: true,
          sentence: facts.said("This folder holds 256 GiB for identity 9ec22670…, complete."),
        },
      }}
    />
  ),
  "setup-full": () => <Setup proposal={facts.proposal} folder={{ ...facts.folder, freeBytes: "40000000000", unitsThatFit: 0 }} />,
  filling: () => <Filling task={facts.fillTask} />,
  "filling-paused": () => <Filling task={facts.pausedTask} />,
  "filling-failed": () => <Filling task={facts.failedTask} />,
  overview: () => <Overview task={facts.fillTask} />,
  "overview-failed": () => <Overview task={facts.failedTask} />,
  "health-sound": () => <Health />,
  "health-checking": () => <Health task={facts.checkTask} />,
  "health-damaged": () => <Health damaged />,
};
