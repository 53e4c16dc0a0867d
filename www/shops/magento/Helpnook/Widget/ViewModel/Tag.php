<?php
declare(strict_types=1);

namespace Helpnook\Widget\ViewModel;

use Magento\Framework\App\Config\ScopeConfigInterface;
use Magento\Framework\App\Request\Http;
use Magento\Framework\Locale\ResolverInterface;
use Magento\Framework\View\Element\Block\ArgumentInterface;
use Magento\Store\Model\ScopeInterface;

/** The attributes of the tag. Nothing of the shopper: the page comes out of the full-page cache. */
class Tag implements ArgumentInterface
{
    private const PAGES = [
        'cms_index_index' => 'home',
        'catalog_product_view' => 'product',
        'catalog_category_view' => 'category',
        'catalogsearch_result_index' => 'search',
        'checkout_cart_index' => 'cart',
        'checkout_index_index' => 'checkout',
        'checkout_onepage_success' => 'order-confirmation',
        'customer_account_index' => 'account',
        'customer_account_login' => 'account-login',
        'customer_account_create' => 'account-register',
        'sales_order_view' => 'order-status',
        'contact_index_index' => 'contact',
    ];

    private ScopeConfigInterface $config;
    private ResolverInterface $locale;
    private Http $request;

    public function __construct(ScopeConfigInterface $config, ResolverInterface $locale, Http $request)
    {
        $this->config = $config;
        $this->locale = $locale;
        $this->request = $request;
    }

    /** @return array<string, string> */
    public function attributes(): array
    {
        $folder = rtrim($this->setting('folder'), '/') . '/';
        $all = [
            'src' => $folder . 'helpnook.js',
            'data-index' => $folder . '{lang}.hnx',
            'data-lang' => strtolower(str_replace('_', '-', (string) $this->locale->getLocale())),
            'data-chat' => $this->setting('chat'),
            'data-accent' => $this->setting('accent'),
            'data-page-type' => self::PAGES[$this->request->getFullActionName()] ?? '',
        ];
        return array_filter($all, static fn (string $value): bool => $value !== '');
    }

    private function setting(string $name): string
    {
        return (string) $this->config->getValue('helpnook/widget/' . $name, ScopeInterface::SCOPE_STORE);
    }
}
