export const relations = (r: any) => ({
  account: { invoices: r.many.invoice({ from: r.account.id, to: r.invoice.accountId }) },
  invoice: {
    account: r.one.account({ from: r.invoice.accountId, to: r.account.id }),
    lines: r.many.line({ from: r.invoice.id, to: r.line.invoiceId }),
  },
  line: { invoice: r.one.invoice() },
});
