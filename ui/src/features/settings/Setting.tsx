/** One setting: its name and what it means at the left, its control at the right. */
import { useId, type ReactNode } from "react";
import classes from "./Settings.module.css";

interface SettingProps {
  title: string;
  text?: ReactNode;
  /** The control; gets the ids of title and text as its name and description. */
  children: (ids: { "aria-labelledby": string; "aria-describedby": string | undefined }) => ReactNode;
}

/** Draws it. */
export function Setting({ title, text, children }: SettingProps) {
  const id = useId();
  const hasText = text !== undefined;
  return (
    <div className={classes.setting}>
      <div>
        <h3 id={`${id}-title`}>{title}</h3>
        {hasText && (
          <div id={`${id}-text`} className={classes.text}>
            {text}
          </div>
        )}
      </div>
      <div className={classes.control}>{children({ "aria-labelledby": `${id}-title`, "aria-describedby": hasText ? `${id}-text` : undefined })}</div>
    </div>
  );
}
