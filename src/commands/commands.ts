/** Every command, in the order in which the help lists them. */
import type { Command } from 'commander';
import type { ExitCode } from './app.ts';
import { declareBeneficiary } from './beneficiary.ts';
import { declareBeneficiaryByHand } from './beneficiary-by-hand.ts';
import { declareCard } from './card.ts';
import { declareCarry } from './carry.ts';
import { declareConfig } from './config-check.ts';
import { declareDemo } from './demo.ts';
import { declareFiles } from './files.ts';
import { declareImport } from './import.ts';
import { declareLayout } from './layout.ts';
import { declareMigrate } from './migrate.ts';
import { declareNotice, declareNotices } from './notices.ts';
import { declareOrder, declareOrders } from './order.ts';
import { declarePayments } from './payments.ts';
import { declarePlans } from './plans.ts';
import { declareReport } from './report.ts';
import { declareRun } from './run.ts';
import { declareStart } from './start.ts';
import { declareStatus } from './status.ts';
import { declareTemplate } from './template.ts';

/** Adds one command to the program; `done` takes its exit code. */
export type Declare = (program: Command, done: (code: ExitCode) => void) => void;

export const COMMANDS: readonly Declare[] = [
  declareDemo,
  declareStart,
  declareMigrate,
  declareImport,
  declareFiles,
  declarePlans,
  declareConfig,
  declareLayout,
  declareTemplate,
  declareOrders,
  declareOrder,
  declareCarry,
  declareBeneficiary,
  declareBeneficiaryByHand,
  declareCard,
  declareNotices,
  declareNotice,
  declarePayments,
  declareRun,
  declareReport,
  declareStatus,
];
