/** The list of keys, made from the table of actions. */
import { useTranslation } from "react-i18next";
import { Dialog } from "../../components/Dialog";
import { actions } from "../actions";
import { keysText } from "../shortcuts";
import classes from "./Frame.module.css";

/** Shows the list. */
export function KeyList({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const withKeys = actions.filter((action) => action.keys !== undefined);
  const fixed = [
    ["Esc", t("frame:keyList.closeLayer")],
    ["Enter", t("frame:keyList.enter")],
    ["↑ ↓", t("frame:keyList.arrows")],
    ["C", t("frame:keyList.copyRow")],
  ] as const;
  return (
    <Dialog opened onClose={onClose} title={t("frame:keyList.title")}>
      <h3>{t("frame:keyList.anywhere")}</h3>
      <dl className={classes.keys}>
        {withKeys.map((action) => (
          <div key={action.id}>
            <dt>
              <kbd>{keysText(action.keys ?? "")}</kbd>
            </dt>
            <dd>{t(`frame:${action.label}`)}</dd>
          </div>
        ))}
      </dl>
      <h3>{t("frame:keyList.inTables")}</h3>
      <dl className={classes.keys}>
        {fixed.map(([keys, text]) => (
          <div key={keys}>
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
