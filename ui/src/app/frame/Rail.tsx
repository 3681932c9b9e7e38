/** The rail: pages on top; settings, commands and lock at its foot. Icons only between 641 and 900 px. */
import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon, Mark } from "../../components/Icon";
import { actions, type Action } from "../actions";
import { Link, useIsCurrent } from "../router";
import { keysAria, keysText } from "../shortcuts";
import { useActionContext } from "./actionContext";
import classes from "./Frame.module.css";
import { pages, settingsPage } from "./pages";

/** Draws the rail. */
export function Rail() {
  const { t } = useTranslation();
  const isCurrent = useIsCurrent();
  const context = useActionContext();
  const foot = actions.filter((action) => action.id === "commands" || (action.id === "lock" && context.unlocked));
  return (
    <nav className={classes.rail} aria-label={t("frame:nav.label")}>
      <div className={classes.brand}>
        <Mark />
        <span>{t("frame:product")}</span>
      </div>
      {pages.map((page) => (
        <RailLink key={page.to} {...page} current={isCurrent(page.to)} />
      ))}
      <div className={classes.railEnd}>
        <RailLink {...settingsPage} current={isCurrent(settingsPage.to)} />
        {foot.map((action) => (
          <RailButton key={action.id} action={action} onClick={() => action.run(context)} />
        ))}
      </div>
    </nav>
  );
}

function RailLink({ to, icon, label, current }: { to: string; icon: (typeof pages)[number]["icon"]; label: (typeof pages)[number]["label"]; current: boolean }) {
  const { t } = useTranslation();
  return (
    <Tooltip label={t(label)} position="right" openDelay={300} events={{ hover: true, focus: false, touch: false }} classNames={{ tooltip: classes.onlyNarrow }}>
      <Link to={to} aria-current={current ? "page" : undefined}>
        <Icon name={icon} size={19} />
        <span>{t(label)}</span>
      </Link>
    </Tooltip>
  );
}

function RailButton({ action, onClick }: { action: Action; onClick: () => void }) {
  const { t } = useTranslation();
  const label = t(`frame:${action.label}`);
  return (
    <button type="button" onClick={onClick} aria-keyshortcuts={action.keys && keysAria(action.keys)}>
      <Icon name={action.icon} size={19} />
      <span>{label}</span>
      {action.keys !== undefined && <kbd aria-hidden="true">{keysText(action.keys)}</kbd>}
    </button>
  );
}
