/** Says that the program behind the page does not answer, or that the page is not signed in. */
import { useTranslation } from "react-i18next";
import { Notice } from "../../components/Notice";
import { useConnection } from "../../transport";
import classes from "./Frame.module.css";

/** Shown over the page while there is no connection. */
export function ConnectionNotice() {
  const { t } = useTranslation();
  const connection = useConnection();
  if (connection === "open") return null;
  return (
    <div className={classes.connection}>
      <Notice kind="failed" title={t(connection === "lost" ? "frame:connection.lost" : "frame:connection.denied")}>
        {t(connection === "lost" ? "frame:connection.lostText" : "frame:connection.deniedText")}
      </Notice>
    </div>
  );
}
