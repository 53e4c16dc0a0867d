// Pages that are one form: contact, repairs, gift card balance.
import { byId, t, wait } from "./core.js";
import { codeBox, guard } from "./forms.js";
import { giftCard } from "./order.js";

for (const form of document.querySelectorAll("form.ask")) {
  guard(form, async () => {
    await wait(300);
    form.reset();
    form.querySelector("[role=status]").textContent = form.id === "repair-form" ? t.repair_sent : t.message_sent;
  });
}

if (byId("balance-form")) {
  codeBox("balance", async (typed) => {
    await wait(300);
    return giftCard(typed);
  });
}
