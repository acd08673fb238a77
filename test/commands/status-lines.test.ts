/** What `navette status` says: outages, plans and plurals in words, and every time in Brussels with its zone. */
import { expect, test } from 'vitest';
import { type Standing, statusLines } from '../../src/commands/status-lines.ts';
import { STATUS_SAMPLE } from '../support/status-sample.ts';

test('a morning fits on one screen and names what is down, held and to come', () => {
  const lines = statusLines(STATUS_SAMPLE);
  const text = lines.join('\n');
  expect(lines.length).toBeLessThan(45);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(125);
  expect(lines[0]).toBe('Navette, 2026-12-04 09:12 CET (all times are Brussels time)');
  expect(text).toContain('2 alive: navette-1 since 2026-12-01 06:02 CET');
  expect(text).toMatch(/beta .* by 2026-12-05 +DOWN since 2026-12-04 07:55 CET \(host_key\)/);
  expect(text).toMatch(/1 held plan +navette plans\n +7c1f09ab52e4 {2}file 98 of gamma/);
  expect(text).toMatch(/54 unpaid orders \(154726\.95 EUR\) +navette orders --status invoiced/);
  expect(text).toMatch(/2026-12-05 +212 standing orders +meal +worked 2026-11 +to come/);
  expect(text).toMatch(/1 standing order /);
  expect(text).not.toMatch(/\b1 \w+s\b(?! lost)|\d\dZ/);
});

test('of many slots the last ones behind and the first ones ahead are told, and how many more there are', () => {
  const slot = (state: 'due' | 'waits-for-payroll' | 'to-come') => (day: number) => {
    const dueOn = `2026-12-${String(day).padStart(2, '0')}`;
    return { state, dueOn, period: '2026-11', productCode: 'meal', orders: 1 };
  };
  const told = (slots: Standing['slots']): string[] => {
    const lines = statusLines({ ...STATUS_SAMPLE, slots });
    const after = lines.slice(lines.findIndex((line) => line.startsWith('  due on')) + 1);
    return after.map((line) => line.replace(/^ *(\d{4}-\d\d-\d\d).* {2}(.+)$/, '$1 $2').trim());
  };
  const behind = [...[1, 2].map(slot('due')), ...[3, 4].map(slot('waits-for-payroll'))];
  const ahead = [5, 6, 7, 8, 9, 10].map(slot('to-come'));
  expect(told([...behind, ...ahead])).toEqual([
    ...['2026-12-02 due', '2026-12-03 waiting for payroll', '2026-12-04 waiting for payroll'],
    ...['2026-12-05 to come', '2026-12-06 to come', '2026-12-07 to come', 'and 4 more'],
  ]);
  expect(told(ahead)).toHaveLength(6);
  expect(told(ahead)[0]).toBe('2026-12-05 to come');
  expect(told(behind)).toHaveLength(4);
});

test('what is late, lost, overdue or never came is said; what is not there is said too', () => {
  const { outlook } = STATUS_SAMPLE;
  const [worker] = outlook.workers;
  const [drop] = outlook.drops;
  const [job] = outlook.jobs;
  if (worker === undefined || drop === undefined || job === undefined) throw new Error('the sample has one of each');
  const nobody = {
    ...outlook,
    workers: [{ ...worker, alive: false }],
    jobs: [{ ...job, lagSeconds: 7300, lastDoneAt: null }],
  };
  const late = {
    ...drop,
    overdue: true,
    expectedBy: '2026-12-05',
    lastReceivedAt: null,
    lastStatus: null,
    seenAt: null,
  };
  const text = statusLines({ ...STATUS_SAMPLE, slots: [], outlook: { ...nobody, drops: [late] } }).join('\n');
  expect(text).toContain('none is alive: navette start; 1 lost');
  expect(text).toContain('by 2026-12-05, overdue');
  expect(text).toContain('not visited yet');
  expect(text).toContain('LATE by 121 min');
  expect(text).toContain('never');
  expect(text).toContain('There are no standing orders due within a month.');
  const name = 'PAY_202611.csv';
  const brokenOff = [{ id: 12, dropId: 'manual:alpha', name, receivedAt: '2026-12-05T08:00:00Z' }];
  expect(statusLines({ ...STATUS_SAMPLE, outlook: { ...outlook, brokenOff } }).join('\n')).toContain(
    '    file 12 of manual:alpha, PAY_202611.csv, its import broke off: navette file retry 12',
  );
  const quiet = {
    heldPlans: 0,
    unfinishedFiles: 0,
    draftOrders: 0,
    unpaidOrders: 0,
    overdueInvoices: 0,
    failedNotices: 0,
  };
  const calm = statusLines({ ...STATUS_SAMPLE, outlook: { ...outlook, ...quiet, openBankEntries: 0, drops: [] } }).join(
    '\n',
  );
  expect(calm).toContain('Waits for a person\n  Nothing.');
  expect(calm).toContain('There are no drops.');
});
