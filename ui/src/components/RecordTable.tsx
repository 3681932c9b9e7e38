/**
 * A table for people: sticky head, one row in the tab order, arrow keys between rows, Enter opens, C copies the row's id. Below 640 px each
 * row becomes a record of two lines.
 */
import { useRef, useState, type KeyboardEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { announce } from "./announce";
import { copyText } from "./copyText";
import classes from "./RecordTable.module.css";

/** A column; on phones `main` and `side` share the first line, `sub` stands below, `hidden` is left out. */
export interface Column<Row> {
  id: string;
  head: string;
  cell: (row: Row) => ReactNode;
  align?: "right";
  phone?: "main" | "side" | "sub" | "hidden";
  /** Share of the width, "40%". With one share, all columns keep to theirs instead of to their content. */
  width?: string;
}

interface RecordTableProps<Row> {
  /** What the table lists, for readers. */
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** Enter or a click on the row. */
  onOpen?: (row: Row) => void;
  /** What C copies, and how it is called in "Address copied". */
  copy?: { text: (row: Row) => string; what: string };
}

/** Draws the rows. */
export function RecordTable<Row>({ label, columns, rows, rowKey, onOpen, copy }: RecordTableProps<Row>) {
  const { t } = useTranslation();
  const body = useRef<HTMLTableSectionElement>(null);
  const [active, setActive] = useState(0);
  const current = Math.min(active, Math.max(rows.length - 1, 0));

  const focusRow = (index: number) => {
    const next = Math.max(0, Math.min(rows.length - 1, index));
    setActive(next);
    const row = body.current?.rows.item(next);
    row?.focus();
  };

  const onKey = (event: KeyboardEvent<HTMLTableRowElement>, row: Row, index: number) => {
    // Keys pressed inside a button or field of the row belong to it.
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const move = { ArrowDown: index + 1, ArrowUp: index - 1, Home: 0, End: rows.length - 1 }[event.key];
    if (move !== undefined) {
      event.preventDefault();
      focusRow(move);
    } else if (event.key === "Enter" && onOpen) {
      event.preventDefault();
      onOpen(row);
    } else if (event.key.toLowerCase() === "c" && copy) {
      event.preventDefault();
      event.stopPropagation();
      void copyText(copy.text(row)).then(() => announce(t("frame:copied", { what: copy.what })));
    }
  };

  return (
    // A table whose rows take keys is a grid (ARIA 1.2); the elements keep their reading as rows and cells.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role
    <table className={`${classes.table} ${columns.some((column) => column.width !== undefined) ? classes.fixed : ""}`} role="grid" aria-label={label}>
      <colgroup>
        {columns.map((column) => (
          <col key={column.id} style={{ width: column.width }} />
        ))}
      </colgroup>
      <thead>
        <tr>
          {columns.map((column) => (
            <th key={column.id} scope="col" className={column.align === "right" ? classes.right : undefined}>
              {column.head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {rows.map((row, index) => (
          <tr
            key={rowKey(row)}
            role="row"
            tabIndex={index === current ? 0 : -1}
            className={onOpen ? classes.opens : undefined}
            onFocus={() => setActive(index)}
            onKeyDown={(event) => onKey(event, row, index)}
            onClick={(event) => {
              const inside = (event.target as HTMLElement).closest("button,a,input,label");
              if (inside === null && onOpen) onOpen(row);
            }}
          >
            {columns.map((column) => (
              <td key={column.id} role="gridcell" data-phone={column.phone ?? "sub"} className={column.align === "right" ? classes.right : undefined}>
                {column.cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
