/** An invented morning of `navette status`: a drop that is down, a plan that is held, orders to come. */
import type { Standing } from '../../src/commands/status-lines.ts';

const at = (time: string): string => `2026-12-04T${time}:00Z`;
const drop = { files: 0, overdue: false, downSince: null, downReason: null, expectedBy: null };
const job = (name: string, done: string, next: string, lagSeconds = 0) => ({
  ...{ job: name, lastDoneAt: at(done), nextDue: Date.parse(`2026-12-${next}:00Z`), lagSeconds },
});

export const STATUS_SAMPLE: Standing = {
  now: Date.parse('2026-12-04T08:12:00Z'),
  quarterDue: null,
  slots: [
    { state: 'waits-for-payroll', dueOn: '2026-12-01', period: '2026-11', productCode: 'meal', orders: 3 },
    { state: 'to-come', dueOn: '2026-12-05', period: '2026-11', productCode: 'meal', orders: 212 },
    { state: 'to-come', dueOn: '2026-12-18', period: '2026-12', productCode: 'gift', orders: 1 },
  ],
  outlook: {
    drops: [
      {
        ...drop,
        id: 'alpha',
        files: 38,
        lastReceivedAt: at('08:05'),
        lastStatus: 'archived',
        expectedBy: '2027-01-05',
        seenAt: at('08:10'),
      },
      { ...drop, id: 'bank', files: 21, lastReceivedAt: at('05:30'), lastStatus: 'archived', seenAt: at('08:10') },
      {
        ...drop,
        id: 'beta',
        files: 27,
        lastReceivedAt: '2026-11-04T09:41:00Z',
        lastStatus: 'archived',
        expectedBy: '2026-12-05',
        seenAt: at('06:50'),
        downSince: at('06:55'),
        downReason: 'host_key',
      },
      {
        ...drop,
        id: 'gamma',
        files: 12,
        lastReceivedAt: at('07:58'),
        lastStatus: 'held',
        expectedBy: '2027-01-03',
        seenAt: at('08:11'),
      },
    ],
    plans: [
      {
        planHash: '7c1f09ab52e4d0',
        fileId: 98,
        dropId: 'gamma',
        heldAt: at('07:59'),
        expiresAt: '2026-12-11T07:59:00Z',
        gates: ['absence.majority'],
      },
    ],
    parked: [],
    brokenOff: [],
    jobs: [
      job('notices', '08:10', '04T08:20'),
      job('release', '08:00', '05T08:00'),
      job('leavers', '00:00', '05T00:00'),
      job('orders', '05:00', '05T05:00'),
      job('payments', '07:00', '05T07:00'),
    ],
    workers: [
      { id: '1', host: 'navette-1', startedAt: '2026-12-01T05:02:00Z', seenAt: at('08:11'), alive: true },
      { id: '2', host: 'navette-2', startedAt: '2026-12-01T05:03:00Z', seenAt: at('08:11'), alive: true },
    ],
    queue: { waiting: 0, active: 1 },
    ...{ heldPlans: 1, oldestPlanSeconds: 780, parkedFiles: 0, unfinishedFiles: 1, draftOrders: 2, unpaidOrders: 54 },
    ...{ unpaidTotal: 15_472_695, overdueInvoices: 13, queuedNotices: 0, failedNotices: 1, openBankEntries: 5 },
    ...{ paymentsTakenBack: 0, refundsDue: 0, refundTotal: 0 },
  },
};
