/** The tab bar of phones: four pages and the rest behind "More". */
import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "../../components/Icon";
import { actions } from "../actions";
import { Link, navigate, useIsCurrent } from "../router";
import { useActionContext } from "./actionContext";
import classes from "./Frame.module.css";
import { pages, settingsPage } from "./pages";

/** Draws the tab bar. */
export function TabBar() {
  const { t } = useTranslation();
  const isCurrent = useIsCurrent();
  const context = useActionContext();
  const more = actions.filter((action) => action.id === "commands" || (action.id === "lock" && context.unlocked));
  return (
    <nav className={classes.tabBar} aria-label={t("frame:nav.label")}>
      {pages.map((page) => (
        <Link key={page.to} to={page.to} aria-current={isCurrent(page.to) ? "page" : undefined}>
          <Icon name={page.icon} size={20} />
          <span>{t(page.label)}</span>
        </Link>
      ))}
      <Menu position="top-end" transitionProps={{ duration: 0 }}>
        <Menu.Target>
          <button type="button" data-current={isCurrent(settingsPage.to)}>
            <Icon name="more" size={20} />
            <span>{t("frame:nav.more")}</span>
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name={settingsPage.icon} />} onClick={() => navigate(settingsPage.to)}>
            {t(settingsPage.label)}
          </Menu.Item>
          {more.map((action) => (
            <Menu.Item key={action.id} leftSection={<Icon name={action.icon} />} onClick={() => action.run(context)}>
              {t(`frame:${action.label}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </nav>
  );
}
