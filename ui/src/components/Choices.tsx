/** A ruled list of ways to go on, each with a line that says what follows; and choices of one value as boxes. */
import type { ReactNode } from "react";
import { Link } from "../app/router";
import classes from "./Choices.module.css";
import { Icon, type IconName } from "./Icon";

/** A way to go on. */
export interface Choice {
  to: string;
  icon: IconName;
  title: string;
  text: string;
}

/** The list. */
export function Choices({ choices }: { choices: Choice[] }) {
  return (
    <ul className={classes.choices}>
      {choices.map((choice) => (
        <li key={choice.to}>
          <Link to={choice.to}>
            <Icon name={choice.icon} size={22} />
            <span className={classes.words}>
              <span className={classes.title}>{choice.title}</span>
              <span className={classes.text}>{choice.text}</span>
            </span>
            <span className={classes.go}>
              <Icon name="forward" size={20} />
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}

interface BoxChoicesProps<Value extends string> {
  label: string;
  name: string;
  value: Value;
  onChange: (value: Value) => void;
  options: { value: Value; title: ReactNode; text?: ReactNode; figure?: ReactNode }[];
  /** Below each other instead of beside. */
  vertical?: boolean;
  labelHidden?: boolean;
}

/** One of few, each in its box: radio buttons underneath. */
export function BoxChoices<Value extends string>({ label, name, value, onChange, options, vertical = false, labelHidden = false }: BoxChoicesProps<Value>) {
  return (
    <fieldset>
      <legend className={labelHidden ? "reader-only" : classes.legend}>{label}</legend>
      <div className={vertical ? classes.boxesVertical : classes.boxes}>
        {options.map((option) => (
          <label key={option.value} className={classes.box}>
            <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} className="reader-only" />
            <span className={classes.boxTitle}>{option.title}</span>
            {option.text !== undefined && <span className={classes.boxText}>{option.text}</span>}
            {option.figure !== undefined && <span className={classes.boxFigure}>{option.figure}</span>}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
