/* As large as the launcher; help.html asks for more once the shopper opens the help. */
import { Chat, extension } from "@shopify/ui-extensions/checkout";

const show = (root) => root.appendChild(root.createComponent(Chat, { inlineSize: 88, blockSize: 72, accessibilityLabel: "Help" }));

export default extension("purchase.checkout.chat.render", show);
