/** An address: full in groups of four or short; the checksum underlined; copying gives the plain text without spaces. */
import { ActionIcon } from "@mantine/core";
import { useTranslation } from "react-i18next";
import classes from "./Address.module.css";
import { addressGroups, isTestAddress, shortAddress } from "./addressText";
import { announce } from "./announce";
import { copyText } from "./copyText";
import { Icon } from "./Icon";

interface AddressProps {
  address: string;
  /** All characters in groups of four. */
  full?: boolean;
  /** In a grid of six groups per row, for reading aloud. */
  grid?: boolean;
  /** A contact's or account's name, shown before. */
  name?: string;
  /** With a copy button. */
  copy?: boolean;
}

/** Draws an address. Left to right always. */
export function Address({ address, full = false, grid = false, name, copy = false }: AddressProps) {
  return (
    <span className={grid ? classes.block : classes.line}>
      {name !== undefined && <span className={classes.name}>{name} </span>}
      {full || grid ? <Full address={address} grid={grid} /> : <Short address={address} />}
      {copy && <CopyAddress address={address} />}
    </span>
  );
}

function Full({ address, grid }: { address: string; grid: boolean }) {
  const test = isTestAddress(address);
  return (
    <span className={`${classes.address} ${grid ? classes.grid : classes.full}`} dir="ltr" translate="no">
      {addressGroups(address).map((group, index) => (
        <span key={index} className={classes.group}>
          {group.map((span, at) => (
            <span key={at} className={span.role === "prefix" && test ? classes.test : classes[span.role]}>
              {span.text}
            </span>
          ))}
        </span>
      ))}
    </span>
  );
}

function Short({ address }: { address: string }) {
  const { prefix, telling, checksum } = shortAddress(address);
  return (
    <span className={`${classes.address} nowrap`} dir="ltr" translate="no" title={address}>
      <span className={isTestAddress(address) ? classes.test : classes.prefix}>{prefix}…</span>
      {telling}…<span className={classes.checksum}>{checksum}</span>
    </span>
  );
}

/** Copies an address and says so with its ending, so that a swapped clipboard is noticed. */
export function CopyAddress({ address }: { address: string }) {
  const { t } = useTranslation();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      className={classes.copy}
      aria-label={t("components:address.copy")}
      onClick={(event) => {
        event.preventDefault();
        event.stopPropagation();
        void copyAddress(address, t("components:address.copied", { end: address.slice(-6) }));
      }}
    >
      <Icon name="copy" size={16} />
    </ActionIcon>
  );
}

/** Copies and announces. */
export async function copyAddress(address: string, sentence: string): Promise<void> {
  await copyText(address);
  announce(sentence);
}
