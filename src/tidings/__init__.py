"""Order confirmation and customer notification, in the order of the procedure (SOP, section 4).

1. An order is received and checked for completeness: `orders`, for one of the shops in `storefronts`.
2. It is confirmed within one business hour: `milestones` says that it is owed, `deadlines` by when.
3. Payment and stock are verified, and the order moves on: `verification`. What goes wrong holds it, and somebody
   settles it with the customer: `issues`.
4. The customer is told at each milestone: `shipments` reports it, `templates` words it, `delivery` gets it there over a
   provider of `adapters`, and `callbacks` hears what became of it.
5. Modification and cancellation are asked for, decided and carried out: `changes`.
6. What the machine cannot do, a person does: `tasks`.
7. The order is completed, with its documents: `documents`.
8. Everything said and done is kept: `records`; the shop is told: `webhooks`; how well promises are kept: `reports`.
   How long it is kept, and what people may ask of their own data: `retention`.
9. Customers and staff say what is to be improved: `feedback`; the whole is looked at again: `reviews`.

docs/sop.md goes through it sentence by sentence: where each is done, by which call, recorded as what, shown by which
test.

What must follow from a step is written in the step's own transaction and waits in `outbox` for the `worker`. People and
shops come in by `api` and `cli`; `kit` is the tool box, and `bootstrap` puts it all together.
"""
