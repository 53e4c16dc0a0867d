/* The same on the thank-you page. */
import { Chat, extension } from "@shopify/ui-extensions/checkout";

const show = (root) => root.appendChild(root.createComponent(Chat, { inlineSize: 88, blockSize: 72, accessibilityLabel: "Help" }));

export default extension("purchase.thank-you.chat.render", show);
