/** `/smeshing/setup`: measures on opening, keeps what the person chose, and commits. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { DeviceChoice, IdentityChoice, SmeshingView } from "../../bindings";
import { navigate, useLocation } from "../../app/router";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Page } from "../../components/layout/Page";
import { useBackend, useCommand, useData, useDataWhen } from "../../transport";
import { useProposal, useSmeshing } from "./data";
import { chosenDevices, chosenUnits, SetupView, type SetupDraft } from "./SetupView";

/** What the interface reference promises for the measurement on opening. */
const MEASURE_SECONDS = 20;

export function SetupPage() {
  const { t } = useTranslation("smeshing");
  const backend = useBackend();
  const asked = useLocation().query.get("identity");
  const [draft, setDraft] = useState<SetupDraft>(() => ({
    coinbase: "",
    identity: asked === null ? { kind: "new", name: "" } : { kind: "existing", id: asked },
  }));
  const smeshing = useSmeshing();
  const network = useData("network");
  const settings = useData("settings");
  const proposal = useProposal();
  const measure = useCommand("measure");
  const start = useCommand("start_filling");
  const importIdentity = useCommand("import_identity");
  const looked = useDataWhen("inspect_folder", draft.folder === undefined ? undefined : [{ path: draft.folder }]);

  // Measured when the page opens, again when asked or for another folder; a measurement nobody waits for ends with the page.
  const { mutate: measureNow } = measure;
  const stopMeasuring = useCallback(() => backend.call("stop_measuring").catch(() => undefined), [backend]);
  useEffect(() => {
    measureNow({ folder: null, seconds: MEASURE_SECONDS });
    return () => void stopMeasuring();
  }, [measureNow, stopMeasuring]);

  const coinbase = draft.coinbase === "" ? (settings.data?.defaultCoinbase ?? "") : draft.coinbase;
  const whole = { ...draft, coinbase };
  const folder = draft.folder === undefined ? proposal.data?.folder : looked.data;
  const units =
    smeshing.data === undefined || proposal.data === undefined || folder === undefined
      ? undefined
      : chosenUnits(whole, smeshing.data, folder, proposal.data.units);
  const devices = proposal.data === undefined ? [] : chosenDevices(whole, proposal.data.providers);
  const asking = { units: units ?? 0, providers: [...devices], nonces: draft.nonces ?? null, threads: draft.threads ?? null };
  // The forecast depends on what was measured: each step of the measurement asks again.
  const forecast = useQuery({
    queryKey: ["forecast", asking, proposal.dataUpdatedAt],
    queryFn: () => backend.call("forecast", asking),
    // Before anything is measured there is no forecast to ask for.
    enabled: units !== undefined && devices.length > 0 && proposal.data?.forecast !== null && proposal.data?.forecast !== undefined,
    placeholderData: keepPreviousData,
  });

  if (smeshing.data === undefined || network.data === undefined || proposal.data === undefined || folder === undefined || units === undefined) {
    const error = smeshing.error ?? network.error ?? proposal.error ?? looked.error;
    return error === null ? null : (
      <Page title={t("setup.title")}>
        <ErrorPanel error={error} />
      </Page>
    );
  }
  // Until the program has heard of it, the measurement that opening the page asks for counts as begun.
  const facts = { ...proposal.data, measuring: proposal.data.measuring || measure.isIdle || measure.isPending };
  const { identities } = smeshing.data;

  const change = (next: SetupDraft) => {
    setDraft(next);
    if (next.folder !== undefined && next.folder !== draft.folder) {
      const { folder: wanted } = next;
      void stopMeasuring().then(() => measureNow({ folder: wanted, seconds: MEASURE_SECONDS }));
    }
  };

  const commit = async () => {
    const before = new Set(identities.filter((each) => each.space !== null).map((each) => each.id));
    // Filling wants the devices for itself.
    await stopMeasuring();
    const identity = await identityFor(whole.identity, async (path) => (await importIdentity.mutateAsync({ source: { kind: "path", path }, name: null })).id);
    const after = await start.mutateAsync({
      folder: folder.path,
      units,
      maxFileBytes: facts.maxFileBytes,
      identity,
      commitmentAtx: null,
      coinbase: coinbase.trim() === "" ? null : coinbase.trim(),
      providers: devices.map((id): DeviceChoice => ({ id, gentle: false })),
      nonces: draft.nonces ?? null,
      threads: draft.threads ?? null,
    });
    navigate(committedPath(after, before, folder.path));
  };

  return (
    <SetupView
      smeshing={smeshing.data}
      network={network.data}
      proposal={facts}
      folder={folder}
      forecast={forecast.data}
      draft={whole}
      onChange={change}
      // A rejection is the error of the command that failed, shown below.
      onCommit={() => void commit().catch(() => undefined)}
      onMeasure={() => measureNow({ folder: draft.folder ?? null, seconds: MEASURE_SECONDS })}
      busy={start.isPending || importIdentity.isPending}
      error={start.error ?? importIdentity.error ?? measure.error ?? looked.error}
    />
  );
}

async function identityFor(draft: SetupDraft["identity"], take: (path: string) => Promise<string>): Promise<IdentityChoice> {
  switch (draft.kind) {
    case "new":
      return { kind: "new", name: draft.name === "" ? null : draft.name };
    case "existing":
      return { kind: "existing", id: draft.id };
    case "file":
      return { kind: "existing", id: await take(draft.path.trim()) };
  }
}

/** The page of the identity that was just committed, else the overview. */
function committedPath(after: SmeshingView, before: ReadonlySet<string>, folder: string): string {
  const made = after.identities.find((each) => each.space?.folder === folder) ?? after.identities.find((each) => each.space !== null && !before.has(each.id));
  return made === undefined ? "/smeshing" : `/smeshing/identities/${encodeURIComponent(made.id)}`;
}
