/**
 * Every component of the interface in all its states, for looking at: `/gallery` in development and test builds.
 *
 * `?screen=` shows one whole smeshing screen with fixed facts instead. Nothing here talks to the program.
 */
import { Button, TextInput } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useLocation } from "../../app/router";
import { Address } from "../../components/Address";
import { Amount } from "../../components/Amount";
import { BoxChoices } from "../../components/Choices";
import { EmptyState } from "../../components/EmptyState";
import { ErrorPanel } from "../../components/ErrorPanel";
import { Fold } from "../../components/Fold";
import { EpochTimeline, DiskBar, LayerStrip, PhaseList, RangeMap, Sparkline, SpeedBar, TaskProgress, WindowLens } from "../../components/instruments";
import { Page, Section } from "../../components/layout/Page";
import { Row, Stack } from "../../components/layout/Row";
import { Notice } from "../../components/Notice";
import { OrbitPrint } from "../../components/OrbitPrint";
import { StatusPill } from "../../components/StatusPill";
import { Steps } from "../../components/Steps";
import { ClockProvider } from "../../format";
import { CloseQuestion } from "../closing/CloseDialog";
import { TaskBar } from "../smeshing/tasks";
import { RemovalDialog } from "../smeshing/RemoveDialog";
import * as facts from "./fixtures";
import { words } from "./words";
import classes from "./gallery.module.css";
import { screens } from "./screens";

export function Gallery() {
  const { query } = useLocation();
  const screen = screens[query.get("screen") ?? ""];
  return (
    <ClockProvider zone={facts.ZONE} now={facts.NOW}>
      {screen === undefined ? <Components /> : screen()}
    </ClockProvider>
  );
}

function Components() {
  const { t } = useTranslation("gallery");
  return (
    <Page title={t("title")}>
      <Colours />
      <Words />
      <Marks />
      <Money />
      <Instruments />
      <Tasks />
      <Spaces />
      <Notices />
      <Controls />
      <Dialogs />
    </Page>
  );
}

const COLOURS = [
  "bg",
  "surface",
  "sunken",
  "ink",
  "ink-2",
  "ink-3",
  "line",
  "line-strong",
  "accent",
  "accent-tint",
  "warn-mark",
  "warn-tint",
  "danger",
  "danger-tint",
  "band",
  "layer-verified",
  "layer-applied",
  "done",
];

function Colours() {
  return (
    <Section first title={words.colours}>
      <div className={classes.swatches}>
        {COLOURS.map((name) => (
          <div key={name}>
            <div className={classes.swatch} style={{ background: `var(--c-${name})` }} />
            <code className="tiny">{name}</code>
          </div>
        ))}
      </div>
    </Section>
  );
}

function Words() {
  return (
    <Section title={words.type}>
      <Row gap={5} align="baseline" wrap>
        <span className={classes.huge}>{words.sample.number}</span>
        <span className={classes.large}>{words.sample.sentence}</span>
        <span className="lead">{words.sample.lead}</span>
        <span>{words.sample.body}</span>
        <span className="small">{words.sample.table}</span>
        <span className="tiny">{words.sample.axis}</span>
        <code>{words.sample.mono}</code>
      </Row>
    </Section>
  );
}

function Marks() {
  return (
    <Section title={"StatusPill"}>
      <Row gap={5} wrap>
        {(["ok", "run", "warn", "bad", "off"] as const).map((state) => (
          <StatusPill key={state} state={state}>
            {words.pills[state]}
          </StatusPill>
        ))}
      </Row>
    </Section>
  );
}

const ADDRESS = "sm1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q2gdz9k";
const TEST_ADDRESS = "stest1qqqqqqz9rf583slhn38g6q6a562ctltv9fv5w8q0nc4ey";

function Money() {
  return (
    <>
      <Section title={"Amount"}>
        <Row gap={5} align="baseline" wrap>
          <Amount smidge={1_284_067_215_300n} size="big" />
          <Amount smidge={-12_500_000_000n} signed />
          <Amount smidge={36_218n} />
          <Amount smidge={36_218n} unit="smidge" />
          <Amount smidge={0n} />
          <Amount smidge={9_999_999_999_999_999_999n} />
          <Amount smidge={null} />
          <Amount smidge={undefined} />
        </Row>
      </Section>
      <Section title={"Address, OrbitPrint"}>
        <Stack gap={3}>
          <Address address={ADDRESS} full />
          <Address address={ADDRESS} grid copy />
          <Row gap={5} wrap>
            <Address address={ADDRESS} />
            <Row gap={2}>
              <OrbitPrint address={ADDRESS} />
              <Address address={ADDRESS} name={words.contact} copy />
            </Row>
            <Address address={TEST_ADDRESS} />
          </Row>
        </Stack>
      </Section>
    </>
  );
}

function Instruments() {
  return (
    <>
      <Section title={"LayerStrip"} note={words.notes.strip}>
        <LayerStrip layers={facts.layers} />
      </Section>
      <Section title={"EpochTimeline"} note={words.notes.timeline}>
        <Stack gap={5}>
          <EpochTimeline {...facts.epoch} duties={facts.duties} />
          <EpochTimeline {...facts.epoch} rounds={facts.rounds.map((round) => ({ ...round, registered: false }))} />
          <ClockProvider zone={facts.ZONE} now={facts.IN_WINDOW}>
            <EpochTimeline {...facts.epoch} duties={facts.missedDuties} />
          </ClockProvider>
        </Stack>
      </Section>
      <Section title={"WindowLens"} note={words.notes.lens}>
        <Stack gap={5}>
          <WindowLens from={facts.epoch.window.from} until={facts.epoch.window.until} registerFrom={facts.epoch.window.until - 3_600_000} rows={facts.lensForecast} />
          <ClockProvider zone={facts.ZONE} now={facts.IN_WINDOW}>
            <WindowLens from={facts.epoch.window.from} until={facts.epoch.window.until} registerFrom={facts.epoch.window.until - 3_600_000} rows={facts.lensRunning} />
          </ClockProvider>
        </Stack>
      </Section>
      <Section title={"SpeedBar"}>
        <SpeedBar proof={25_080} window={43_200} />
        <SpeedBar proof={33_000} window={43_200} />
        <SpeedBar proof={48_000} window={43_200} />
      </Section>
    </>
  );
}

function Tasks() {
  const w = words.tasks;
  return (
    <>
      <Section title={"TaskProgress"} note={words.notes.task}>
        <TaskBar task={facts.fillTask} />
        <TaskProgress title={w.paused} state="paused" fraction={0.618} percent="61.8 %" figures={w.pausedFigures} action={<Button variant="quiet" size="xs">{w.resume}</Button>} />
        <TaskProgress title={w.slow} state="slow" fraction={0.38} percent="38.0 %" end={w.slowEnd} figures={w.slowFigures} action={<Button variant="quiet" size="xs">{w.help}</Button>} />
        <TaskProgress title={w.peers} state="noEnd" fraction={0} percent="" figures={w.peersFigures} />
        <TaskProgress title={w.failed} state="failed" fraction={0.618} percent="61.8 %" figures={w.failedFigures} action={<Button variant="quiet" size="xs">{w.goOn}</Button>} />
        <TaskProgress title={w.finished} state="finished" fraction={1} percent="100.0 %" end={w.finishedEnd} />
        <TaskBar task={facts.fillTask} title={w.prominent} prominent />
      </Section>
      <Section title={"PhaseList"}>
        <PhaseList
          label={words.phases.label}
          phases={[
            { id: "1", name: words.phases.start, state: "done", end: words.phases.took },
            { id: "2", name: words.phases.activations, state: "running", figures: words.phases.figures, end: words.phases.left, fraction: 0.62 },
            { id: "3", name: words.phases.layers, state: "waiting" },
            { id: "4", name: words.phases.listen, state: "failed", end: words.phases.reason },
          ]}
        />
      </Section>
      <Section title={"Sparkline"}>
        <Sparkline values={[3, 4, 5, 4, 6, 5, 5, 4, 5, 6, 5]} />
      </Section>
    </>
  );
}

function Spaces() {
  const GIB = 1024n ** 3n;
  const [units, setUnits] = useState(4);
  return (
    <>
      <Section title={"DiskBar"} note={words.notes.disk}>
        <DiskBar drive={words.drive} total={931n * GIB} used={388n * GIB} unit={64n * GIB} units={units} min={4} max={7} detents={[6]} onChange={setUnits} />
        <DiskBar drive={words.drive} total={931n * GIB} used={388n * GIB} unit={64n * GIB} units={4} min={4} max={7} />
      </Section>
      <Section title={"RangeMap"}>
        <Stack gap={5}>
          <RangeMap files={files(64, 38, [0.82, 0.34])} vrfFile={12} />
          <RangeMap files={files(64, 64, [])} vrfFile={12} />
          <RangeMap files={files(1024, 1024, [], 309)} />
          <RangeMap files={files(2, 1, [0.5])} vrfFile={0} />
        </Stack>
      </Section>
    </>
  );
}

function files(total: number, complete: number, writing: readonly number[], bad = -1) {
  return Array.from({ length: total }, (_, index) => {
    const fraction = writing[index - complete];
    if (index === bad) {
      return { index, state: "bad" as const };
    }
    if (index < complete) {
      return { index, state: "complete" as const };
    }
    return fraction === undefined ? { index, state: "todo" as const } : { index, state: "writing" as const, fraction };
  });
}

function Notices() {
  return (
    <>
      <Section title={"Notice"} note={words.notes.notice}>
        <Stack gap={3}>
          {(["neutral", "progress", "attention", "failed"] as const).map((kind) => (
            <Notice key={kind} kind={kind} title={words.notices[kind].title} action={kind === "attention" ? <Button size="xs">{words.notices.action}</Button> : undefined}>
              {words.notices[kind].text}
            </Notice>
          ))}
        </Stack>
      </Section>
      <Section title={"ErrorPanel"}>
        <ErrorPanel error={facts.failedTask.error} actions={<Button>{words.notices.action}</Button>} />
        <ErrorPanel inline error={facts.failedTask.error} />
      </Section>
      <Section title={"EmptyState"}>
        <EmptyState title={words.empty.title} action={<Button variant="default">{words.empty.action}</Button>}>
          {words.empty.text}
        </EmptyState>
      </Section>
    </>
  );
}

function Controls() {
  const [choice, setChoice] = useState<"normal" | "faster">("normal");
  const c = words.controls;
  return (
    <Section title={c.title}>
      <Stack gap={4}>
        <Row gap={3} wrap>
          <Button>{c.primary}</Button>
          <Button variant="default">{c.secondary}</Button>
          <Button variant="quiet">{c.quiet}</Button>
          <Button variant="danger">{c.danger}</Button>
          <Button variant="danger-outline">{c.dangerOutline}</Button>
          <Button disabled>{c.disabled}</Button>
          <Button loading>{c.primary}</Button>
        </Row>
        <Row gap={4} align="start" wrap>
          <TextInput label={c.label} description={c.hint} />
          <TextInput label={c.withError} error={c.error} defaultValue="stest1qqqq" />
        </Row>
        <BoxChoices
          label={c.choices}
          name="gallery"
          value={choice}
          onChange={setChoice}
          options={[
            { value: "normal", title: c.normal, text: c.normalText },
            { value: "faster", title: c.faster, text: c.fasterText },
          ]}
        />
        <Fold title={c.fold} value={c.foldValue}>
          <p>{c.foldContent}</p>
        </Fold>
        <Steps labels={[...c.steps]} current={1} />
      </Stack>
    </Section>
  );
}

function Dialogs() {
  const [open, setOpen] = useState<"close" | "danger">();
  const shown: Record<"close" | "danger", ReactNode> = {
    close: <CloseQuestion question={facts.closeQuestion} onClose={() => setOpen(undefined)} onChoose={() => setOpen(undefined)} />,
    danger: <RemovalDialog removal={facts.removal} onClose={() => setOpen(undefined)} onConfirm={() => Promise.resolve()} />,
  };
  return (
    <Section title={words.dialogs.title}>
      <Row gap={3} wrap>
        <Button variant="default" onClick={() => setOpen("danger")}>
          {words.dialogs.danger}
        </Button>
        <Button variant="default" onClick={() => setOpen("close")}>
          {words.dialogs.close}
        </Button>
      </Row>
      {open !== undefined && shown[open]}
    </Section>
  );
}
