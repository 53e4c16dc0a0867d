//! Signs by which pages of a kind are known, as tables; names in a row are separated by spaces.

use super::words::Signs;
use crate::page::PageType;

/// Signs of known platforms: body classes, `#id` of the body, `name=value` of globals.
/// From the documented markup of WooCommerce, Magento 2, PrestaShop, Shopware 5 and 6, Shopify
/// themes, OpenCart and nopCommerce.
pub(super) const PLATFORM: Signs = &[
    (
        PageType::Home,
        75,
        "cms-index-index cms-home #index is-act-home is--ctl-index template-index home-template #common-home html-home-page page-index",
    ),
    (
        PageType::Product,
        75,
        "single-product catalog-product-view #product is-ctl-product is--ctl-detail template-product html-product-details-page #product-product page-product",
    ),
    (
        PageType::Category,
        75,
        "tax-product_cat tax-product_tag post-type-archive-product catalog-category-view #category #manufacturer #new-products #prices-drop #best-sales is-ctl-navigation \
         is--ctl-listing template-collection template-list-collections html-category-page #product-category page-category",
    ),
    (
        PageType::Search,
        75,
        "search-results catalogsearch-result-index catalogsearch-advanced-result #search is-ctl-search is--ctl-search template-search html-search-page #product-search page-search",
    ),
    (
        PageType::Cart,
        75,
        "woocommerce-cart checkout-cart-index #cart is-act-cartpage is--act-cart template-cart html-cart-page html-shopping-cart-page #checkout-cart page-cart",
    ),
    (
        PageType::Checkout,
        75,
        "woocommerce-checkout checkout-index-index #checkout #order-opc firecheckout-index-index #checkout-checkout html-checkout-page page-order",
    ),
    (PageType::CheckoutAddress, 75, "is-act-checkoutregisterpage"),
    (PageType::CheckoutPayment, 75, "woocommerce-order-pay is--act-shippingpayment"),
    (PageType::CheckoutReview, 75, "is-act-confirmpage is--act-confirm"),
    (
        PageType::OrderConfirmation,
        75,
        "woocommerce-order-received checkout-onepage-success multishipping-checkout-success #order-confirmation is-act-finishpage is--act-finish #checkout-success html-order-completed-page page-order-confirmation",
    ),
    (
        PageType::OrderStatus,
        75,
        "woocommerce-view-order sales-order-view sales-guest-form sales-guest-view shipping-tracking-popup #guest-tracking #order-detail #order-follow html-order-details-page template-customers-order",
    ),
    (
        PageType::ReturnForm,
        75,
        "rma-returns-create rma-returns-index rma-guest-create #order-return html-return-request-page #account-return",
    ),
    (
        PageType::AccountLogin,
        75,
        "customer-account-login customer-account-forgotpassword #authentication #password is-act-loginpage woocommerce-lost-password template-customers-login html-login-page #account-login page-authentication",
    ),
    (
        PageType::AccountRegister,
        75,
        "customer-account-create #registration is-act-accountregisterpage template-customers-register html-registration-page #account-register page-registration",
    ),
    (
        PageType::Account,
        75,
        "woocommerce-account customer-account-index customer-account-edit customer-address-index customer-address-form sales-order-history wishlist-index-index #my-account #identity \
         #address #addresses #history #order-slip is-ctl-accountoverview is-ctl-accountprofile is-ctl-accountorder is-ctl-address is--ctl-account template-customers-account template-customers-addresses html-account-page \
         #account-account page-my-account",
    ),
    (PageType::Contact, 75, "contact-index-index #contact html-contact-page #information-contact page-contact"),
    (
        PageType::Information,
        75,
        "cms-page-view cms-noroute-index #cms single-post template-article template-blog template-page page-cms html-topic-page #information-information blog",
    ),
];

/// Names of page types in the globals of Shopify, BigCommerce and PrestaShop, and in the page type
/// fields that shops push to `dataLayer`; what is not here is looked up among the words.
pub(super) const PLATFORM_NAMES: Signs = &[
    (PageType::Home, 85, "index default home homepage home-show"),
    (
        PageType::Category,
        85,
        "collection category brand list-collections searchresults-category best-sales new-products prices-drop plp listing search-show",
    ),
    (PageType::Search, 85, "searchresults search"),
    (PageType::Product, 85, "product pdp productdetail detail product-show"),
    (PageType::OrderConfirmation, 85, "orderconfirmation order-confirmation thank_you purchase receipt order-confirm"),
    (PageType::CheckoutAddress, 85, "contact_information"),
    (PageType::CheckoutShipping, 85, "shipping_method"),
    (PageType::CheckoutPayment, 85, "payment_method"),
    (PageType::OrderStatus, 85, "account_orderstatus account_order customers/order order-detail guest-tracking"),
    (PageType::ReturnForm, 85, "account_addreturn account_new_return order-return"),
    (
        PageType::AccountLogin,
        85,
        "customers/login customers/reset_password authentication password forgotpassword getnewpassword login-show",
    ),
    (PageType::AccountRegister, 85, "customers/register createaccount create_account registration"),
    (
        PageType::Account,
        85,
        "customers/account customers/addresses account my-account history identity addresses account_inbox account_recentitems account-show",
    ),
    (PageType::Cart, 85, "cart cart-show"),
    (PageType::Checkout, 85, "checkout checkout-begin"),
    (PageType::Contact, 85, "contact page_contact_form"),
    (PageType::Information, 85, "page article blog cms policy blog_post faq content"),
];

/// Things of structured data whose type names the page: type, weight, names.
pub(super) const LD_TYPES: Signs = &[
    (PageType::Category, 60, "CollectionPage"),
    (PageType::Category, 30, "ItemList OfferCatalog"),
    (PageType::Product, 40, "ItemPage"),
    (PageType::Search, 75, "SearchResultsPage"),
    (PageType::Checkout, 75, "CheckoutPage"),
    (PageType::Contact, 75, "ContactPage"),
    (PageType::Information, 65, "AboutPage Article BlogPosting NewsArticle TechArticle QAPage"),
    (PageType::Information, 30, "FAQPage"),
    (PageType::Account, 30, "ProfilePage"),
    (PageType::OrderConfirmation, 40, "Order"),
    (PageType::OrderStatus, 65, "ParcelDelivery"),
];

/// Types of structured data that are something to buy.
pub(super) const THINGS: &str = "Product ProductGroup ProductModel IndividualProduct SomeProducts Vehicle";

/// Events and what the page is on which they are pushed. `begin_checkout` and the steps are often
/// pushed when leaving the page before, so they say little.
pub(super) const EVENTS: Signs = &[
    (PageType::Product, 55, "view_item productDetail productView product_view"),
    (PageType::Category, 30, "view_item_list productImpression"),
    (PageType::Cart, 65, "view_cart viewCart cart_view"),
    (PageType::Checkout, 35, "begin_checkout checkout checkout_progress"),
    (PageType::Checkout, 25, "add_shipping_info add_payment_info"),
    (PageType::OrderConfirmation, 75, "purchase orderConfirmation transaction"),
    (PageType::Search, 40, "view_search_results search"),
];

/// What stands on the page, and what that says.
pub(super) const CUES: Signs = &[
    (PageType::Product, 50, "add-to-cart"),
    (PageType::Product, 15, "variant-picker"),
    (PageType::Category, 40, "product-list"),
    (PageType::Cart, 50, "cart-table"),
    (PageType::Cart, 20, "coupon-field"),
    (PageType::CheckoutAddress, 40, "address-fields"),
    (PageType::CheckoutShipping, 40, "shipping-choice"),
    (PageType::CheckoutPayment, 35, "payment-choice"),
    (PageType::CheckoutPayment, 60, "card-fields"),
    (PageType::CheckoutReview, 40, "place-order"),
    (PageType::AccountLogin, 40, "password-field"),
    (PageType::AccountRegister, 45, "new-password"),
    (PageType::OrderStatus, 35, "order-number"),
    (PageType::Search, 40, "search-empty"),
    (PageType::Search, 25, "search-query"),
    (PageType::Contact, 30, "message-form"),
];

/// Values of `og:type`.
pub(super) const OG_TYPES: Signs = &[
    (PageType::Product, 50, "product product.item og:product"),
    (PageType::Category, 50, "product.group"),
    (PageType::Information, 50, "article"),
];

/// Fields of `ecommerce` in the older enhanced e-commerce shape.
pub(super) const FIELDS: Signs = &[
    (PageType::Product, 55, "detail"),
    (PageType::Category, 20, "impressions"),
    (PageType::OrderConfirmation, 75, "purchase"),
    (PageType::Checkout, 40, "checkout"),
];

/// Fields in which shops push the type of the page, lower case.
pub(super) const TYPE_FIELDS: &str =
    "pagetype page_type ecomm_pagetype pagecategory page_template template contenttype";
