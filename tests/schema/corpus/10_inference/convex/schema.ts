import { convexTable, defineSchema, id, text } from 'kitcn/orm';

const ticket = convexTable('ticket', { reporterId: id('staff').notNull(), assigneeId: id('staff'), deskId: text(), mainId: id('ticket') });
const staff = convexTable('staff', { name: text().notNull(), deskCode: text() });
const desk = convexTable('desk', { code: text().notNull().unique() });
const lock = convexTable('lock', { ticketId: id('ticket') });

export default defineSchema({ ticket, staff, desk, lock }).relations((r) => ({
  staff: {
    reported: r.many.ticket({ alias: 'reporter' }),
    assigned: r.many.ticket({ alias: 'assignee', where: { deskId: 'main' } }),
    desk: r.one.desk(),
  },
  ticket: {
    reporter: r.one.staff({ from: r.ticket.reporterId, to: r.staff.id, alias: 'reporter', optional: false }),
    assignee: r.one.staff({ from: r.ticket.assigneeId, to: r.staff.id, alias: 'assignee' }),
    lock: r.one.lock(),
    desk: r.one.desk({ from: r.ticket.deskId, to: r.desk.code }),
    parts: r.many.ticket({ from: r.ticket.id, to: r.ticket.mainId, alias: 'main' }),
    main: r.one.ticket({ alias: 'main' }),
  },
  desk: { staff: r.many.staff({ from: r.desk.code, to: r.staff.deskCode }), tickets: r.many.ticket() },
  lock: { ticket: r.one.ticket({ from: r.lock.ticketId, to: r.ticket.id }) },
}));
