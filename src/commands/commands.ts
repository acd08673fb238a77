/** Every command, in the order in which the help lists them. */
import type { Command } from 'commander';
import type { ExitCode } from './app.ts';
import { declareConfig } from './config-check.ts';
import { declareFiles } from './files.ts';
import { declareImport } from './import.ts';
import { declareMigrate } from './migrate.ts';

/** Adds one command to the program; `done` takes its exit code. */
export type Declare = (program: Command, done: (code: ExitCode) => void) => void;

export const COMMANDS: readonly Declare[] = [declareMigrate, declareImport, declareFiles, declareConfig];
