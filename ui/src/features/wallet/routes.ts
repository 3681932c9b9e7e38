/** The wallet: overview, accounts, sending offline, receiving, texts. */
import type { Route } from "../../app/routes";
import { AccountPage } from "./AccountPage";
import { Accounts } from "./Accounts";
import { AddAccount } from "./add/AddAccount";
import { CheckWords } from "./CheckWords";
import { ImportTransaction } from "./transactions/ImportTransaction";
import { Overview } from "./Overview";
import { Receive } from "./Receive";
import { Send } from "./send/Send";
import { SignText } from "./SignText";
import { TransactionPage } from "./transactions/TransactionPage";
import { Transactions } from "./transactions/Transactions";
import { VerifyText } from "./VerifyText";

export const walletRoutes: readonly Route[] = [
  { path: "/wallet", page: Overview, needsWallet: true },
  { path: "/wallet/accounts", page: Accounts, needsWallet: true },
  { path: "/wallet/accounts/add", page: AddAccount, needsWallet: true },
  { path: "/wallet/accounts/:id", page: AccountPage, needsWallet: true },
  { path: "/wallet/send", page: Send, needsWallet: true },
  { path: "/wallet/receive", page: Receive, needsWallet: true },
  { path: "/wallet/receive/:id", page: Receive, needsWallet: true },
  { path: "/wallet/transactions", page: Transactions, needsWallet: true },
  { path: "/wallet/transactions/import", page: ImportTransaction, needsWallet: true },
  { path: "/wallet/transactions/:id", page: TransactionPage, needsWallet: true },
  { path: "/wallet/sign", page: SignText, needsWallet: true },
  { path: "/wallet/verify", page: VerifyText },
  { path: "/wallet/words", page: CheckWords, needsWallet: true },
];
