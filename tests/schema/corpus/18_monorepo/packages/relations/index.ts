export const defineShopRelations = (r: any) => ({
  order: {
    items: r.many.item({ from: r.order.number, to: r.item.orderNumber }),
    shipments: r.many.shipment({ from: r.order.id, to: r.shipment.orderId }),
  },
  item: { order: r.one.order({ from: r.item.orderNumber, to: r.order.number }) },
});
