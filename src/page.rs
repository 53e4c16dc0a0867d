//! The words that rules, loader and engine share: types of page and signals of action.

macro_rules! names {
    ($(#[$outer:meta])* $kind:ident { $($(#[$doc:meta])* $name:ident = $text:literal,)* }) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum $kind { $($(#[$doc])* $name,)* }

        impl $kind {
            /// Every one, in the order of its number.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            /// Its name in rules, attributes and reports.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }

            /// The one of that name.
            #[must_use]
            pub fn from_name(name: &str) -> Option<Self> {
                match name { $($text => Some(Self::$name),)* _ => None }
            }

            /// Its place in a bit set.
            #[must_use]
            pub fn bit(self) -> u32 {
                1 << (self as u32)
            }
        }
    };
}

names! {
    /// What kind of page the shopper is on.
    PageType {
        /// Nothing said which.
        Other = "other",
        /// The shop's front page.
        Home = "home",
        /// A list of products.
        Category = "category",
        /// One product.
        Product = "product",
        /// Products found for words.
        Search = "search",
        /// The basket.
        Cart = "cart",
        /// A checkout step that could not be told.
        Checkout = "checkout",
        /// Who and where to.
        CheckoutAddress = "checkout-address",
        /// By which delivery.
        CheckoutShipping = "checkout-shipping",
        /// Paid how.
        CheckoutPayment = "checkout-payment",
        /// The last look before ordering.
        CheckoutReview = "checkout-review",
        /// Thanks for the order.
        OrderConfirmation = "order-confirmation",
        /// Where an order is.
        OrderStatus = "order-status",
        /// Sending something back.
        ReturnForm = "return-form",
        /// The shopper's own pages.
        Account = "account",
        /// Sign in.
        AccountLogin = "account-login",
        /// Sign up.
        AccountRegister = "account-register",
        /// Ways to reach the shop.
        Contact = "contact",
        /// Terms, about, blog and the like.
        Information = "information",
    }
}

names! {
    /// Something that happened on the page and tells where the shopper is stuck.
    Signal {
        /// Stayed on the page without moving on.
        Dwell = "dwell",
        /// Scrolled far down the page.
        Scroll = "scroll",
        /// A field was refused.
        ValidationError = "validation-error",
        /// A coupon was refused.
        CouponRejected = "coupon-rejected",
        /// A payment was refused.
        PaymentFailed = "payment-failed",
        /// Added to the basket without choosing a variant.
        VariantMissing = "variant-missing",
        /// Went to and fro between sizes or colours.
        VariantFlipped = "variant-flipped",
        /// The basket or a quantity changed.
        BasketChanged = "basket-changed",
        /// The pointer left for the tab bar, or the page was about to be left.
        ExitIntent = "exit-intent",
        /// Pressed the same thing again and again.
        RageClick = "rage-click",
        /// Came back from the payment provider.
        BackFromPayment = "back-from-payment",
        /// A product search found nothing.
        NoResults = "no-results",
        /// Sign-in was refused.
        LoginFailed = "login-failed",
        /// Came back to the shop after having left.
        ReturnVisit = "return-visit",
        /// Copied an order number.
        CopiedOrder = "copied-order",
        /// Went to and fro over a button without pressing it.
        Hesitation = "hesitation",
    }
}
