/**
 * The frame around every page: rail, page, status bar; a tab bar and one line of state on phones. Owns the layers that can open anywhere:
 * command palette, key list, the warning before the automatic lock, and the page's voice.
 */
import { useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useBackend, useCommand, useData } from "../../transport";
import { actions, type ActionContext } from "../actions";
import { useActivity, useOpenSession } from "../session";
import { isTyping, pressMatches } from "../shortcuts";
import { setThemeChoice, type ThemeChoice } from "../theme";
import { ActionContextProvider } from "./actionContext";
import { Announcer } from "./Announcer";
import { AutoLockWarning } from "./AutoLockWarning";
import { ConnectionNotice } from "./ConnectionNotice";
import classes from "./Frame.module.css";
import { KeyList } from "./KeyList";
import { Palette } from "./Palette";
import { Rail } from "./Rail";
import { PhoneState, StatusBar } from "./StatusBar";
import { TabBar } from "./TabBar";

/** Layers of the frame itself. */
type Layer = "palette" | "keys";

/** The frame; `solo` leaves out rail and bars for flows that fill the window. */
export function Frame({ solo, children }: { solo: boolean; children: ReactNode }) {
  const { t } = useTranslation();
  const backend = useBackend();
  const session = useOpenSession();
  const settings = useData("settings").data;
  const [layer, setLayer] = useState<Layer>();
  const lock = useCommand("lock");
  const changeSettings = useCommand("change_settings");
  const hidden = settings?.hideAmounts ?? false;
  const unlocked = session !== undefined;

  const context = useMemo<ActionContext>(
    () => ({
      open: setLayer,
      lock: () => lock.mutate(),
      chooseTheme: (choice: ThemeChoice) => {
        setThemeChoice(choice);
        changeSettings.mutate({ theme: choice });
      },
      toggleAmounts: () => changeSettings.mutate({ hideAmounts: !hidden }),
      unlocked,
    }),
    // `mutate` of a mutation is stable, the mutation object is not.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [hidden, unlocked, lock.mutate, changeSettings.mutate],
  );

  useShortcuts(context, layer !== undefined);
  const tellActivity = useCallback(() => void backend.call("activity").catch(() => undefined), [backend]);
  useActivity(unlocked, tellActivity);

  return (
    <ActionContextProvider context={context}>
      <a className={classes.skip} href="#main" onClick={focusMain}>
        {t("frame:skip")}
      </a>
      {solo ? (
        <main id="main" className={classes.solo} tabIndex={-1}>
          {children}
        </main>
      ) : (
        <div className={classes.frame}>
          <Rail />
          <PhoneState />
          <main id="main" className={classes.main} tabIndex={-1}>
            {children}
          </main>
          <StatusBar />
          <TabBar />
        </div>
      )}
      <ConnectionNotice />
      {layer === "palette" && <Palette onClose={() => setLayer(undefined)} />}
      {layer === "keys" && <KeyList onClose={() => setLayer(undefined)} />}
      <AutoLockWarning />
      <Announcer />
    </ActionContextProvider>
  );
}

/** The address of a page lives in the fragment, so the skip link moves the focus by itself. */
function focusMain(event: React.MouseEvent): void {
  event.preventDefault();
  document.getElementById("main")?.focus();
}

/** Runs the actions of the table on their keys. */
function useShortcuts(context: ActionContext, layerOpen: boolean): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || layerOpen) return;
      // A dialog is on top: its own keys only.
      if (document.querySelector("[role=dialog]") !== null) return;
      for (const action of actions) {
        if (action.keys === undefined || !pressMatches(action.keys, event)) continue;
        if (!action.keys.startsWith("Mod+") && isTyping(event.target)) return;
        if (action.when && !action.when(context)) return;
        event.preventDefault();
        action.run(context);
        return;
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [context, layerOpen]);
}
