<?php
/**
 * Plugin Name: Helpnook
 * Description: Help for the shopper who is stuck, on the page where it happens.
 * Version: 0.1.0
 * Requires at least: 5.7
 * Requires PHP: 7.4
 * License: MIT OR Apache-2.0
 */

defined( 'ABSPATH' ) || exit;

/** What may be set under Settings, General: name, words beside the field, value when nothing is set. */
const HELPNOOK_SETTINGS = array(
	'helpnook_folder' => array( 'Helpnook: folder of the files', '/help/' ),
	'helpnook_chat'   => array( 'Helpnook: a person (inbox:…, email:…, link:…)', '' ),
	'helpnook_accent' => array( 'Helpnook: colour', '#1d6b57' ),
);

function helpnook_setting( $name ) {
	return (string) get_option( $name, HELPNOOK_SETTINGS[ $name ][1] );
}

/** Type of the page, as rules name it; empty where the widget finds it out itself. */
function helpnook_page_type() {
	if ( is_front_page() ) {
		return 'home';
	}
	if ( ! function_exists( 'is_woocommerce' ) ) {
		return '';
	}
	if ( is_product() ) {
		return 'product';
	}
	if ( is_cart() ) {
		return 'cart';
	}
	if ( is_order_received_page() ) {
		return 'order-confirmation';
	}
	if ( is_checkout() ) {
		return 'checkout';
	}
	if ( is_account_page() ) {
		return is_user_logged_in() ? 'account' : 'account-login';
	}
	return is_shop() || is_product_taxonomy() ? 'category' : '';
}

/** The attributes of the tag; those without a value are left out. */
function helpnook_attributes() {
	$folder = trailingslashit( helpnook_setting( 'helpnook_folder' ) );
	$all    = array(
		'async'               => true,
		'src'                 => $folder . 'helpnook.js',
		'data-index'          => $folder . '{lang}.hnx',
		'data-lang'           => str_replace( '_', '-', strtolower( get_locale() ) ),
		'data-chat'           => helpnook_setting( 'helpnook_chat' ),
		'data-accent'         => helpnook_setting( 'helpnook_accent' ),
		'data-page-type'      => helpnook_page_type(),
		'data-product'        => function_exists( 'is_product' ) && is_product() ? get_the_title() : '',
		'data-customer-state' => is_user_logged_in() ? 'signed-in' : '',
	);
	return array_filter( $all, static fn( $value ) => '' !== $value );
}

add_action(
	'wp_head',
	static function () {
		// Escapes every value.
		wp_print_script_tag( helpnook_attributes() );
	}
);

add_action(
	'admin_init',
	static function () {
		foreach ( HELPNOOK_SETTINGS as $name => list( $label, $default ) ) {
			register_setting( 'general', $name, array( 'type' => 'string', 'default' => $default, 'sanitize_callback' => 'sanitize_text_field' ) );
			add_settings_field(
				$name,
				esc_html( $label ),
				static function () use ( $name ) {
					printf( '<input class="regular-text" id="%1$s" name="%1$s" value="%2$s">', esc_attr( $name ), esc_attr( helpnook_setting( $name ) ) );
				},
				'general',
				'default',
				array( 'label_for' => $name )
			);
		}
	}
);
