/** The name of this process in claims, by which the log of another says from whom it took something over. */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** Unlike that of any other process, also of an earlier one with the same number on the same host. */
export const OWNER = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
