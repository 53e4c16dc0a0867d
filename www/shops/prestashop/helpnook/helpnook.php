<?php

if (!defined('_PS_VERSION_')) {
    exit;
}

class Helpnook extends Module
{
    /** Settings by their names in the database, with what holds when nothing is set. */
    private const SETTINGS = ['HELPNOOK_FOLDER' => '/help/', 'HELPNOOK_CHAT' => 'link:/contact-us', 'HELPNOOK_ACCENT' => '#1d6b57'];

    /** Pages of the shop, as rules name them. */
    private const PAGES = [
        'index' => 'home', 'product' => 'product', 'category' => 'category', 'search' => 'search', 'cart' => 'cart', 'checkout' => 'checkout',
        'order' => 'checkout', 'order-confirmation' => 'order-confirmation', 'my-account' => 'account', 'authentication' => 'account-login',
        'registration' => 'account-register', 'order-detail' => 'order-status', 'contact' => 'contact',
    ];

    public function __construct()
    {
        $this->name = 'helpnook';
        $this->tab = 'front_office_features';
        $this->version = '0.1.0';
        $this->author = 'Helpnook';
        $this->ps_versions_compliancy = ['min' => '1.7.8', 'max' => _PS_VERSION_];
        parent::__construct();
        $this->displayName = $this->l('Helpnook');
        $this->description = $this->l('Help for the shopper who is stuck, on the page where it happens.');
    }

    public function install()
    {
        foreach (self::SETTINGS as $name => $value) {
            Configuration::updateValue($name, $value);
        }
        return parent::install() && $this->registerHook('displayHeader');
    }

    public function uninstall()
    {
        foreach (array_keys(self::SETTINGS) as $name) {
            Configuration::deleteByName($name);
        }
        return parent::uninstall();
    }

    public function hookDisplayHeader()
    {
        $folder = rtrim(Configuration::get('HELPNOOK_FOLDER'), '/') . '/';
        $page = $this->context->controller->php_self ?? '';
        $this->context->smarty->assign('helpnook', array_filter([
            'src' => $folder . 'helpnook.js',
            'data-index' => $folder . '{lang}.hnx',
            'data-lang' => $this->context->language->iso_code,
            'data-chat' => Configuration::get('HELPNOOK_CHAT'),
            'data-accent' => Configuration::get('HELPNOOK_ACCENT'),
            'data-page-type' => self::PAGES[$page] ?? '',
            'data-customer-state' => $this->context->customer->isLogged() ? 'signed-in' : '',
        ]));
        return $this->display(__FILE__, 'views/templates/hook/tag.tpl');
    }

    public function getContent()
    {
        $said = '';
        if (Tools::isSubmit('helpnook')) {
            foreach (array_keys(self::SETTINGS) as $name) {
                Configuration::updateValue($name, Tools::getValue($name));
            }
            $said = $this->displayConfirmation($this->l('Saved'));
        }
        $input = [];
        $form = new HelperForm();
        foreach (['HELPNOOK_FOLDER' => $this->l('Folder of the files'), 'HELPNOOK_CHAT' => $this->l('A person'), 'HELPNOOK_ACCENT' => $this->l('Colour')] as $name => $label) {
            $input[] = ['type' => 'text', 'name' => $name, 'label' => $label];
            $form->fields_value[$name] = Configuration::get($name);
        }
        $form->module = $this;
        $form->submit_action = 'helpnook';
        $form->token = Tools::getAdminTokenLite('AdminModules');
        $form->currentIndex = AdminController::$currentIndex . '&configure=' . $this->name;
        return $said . $form->generateForm([['form' => ['legend' => ['title' => 'Helpnook'], 'input' => $input, 'submit' => ['title' => $this->l('Save')]]]]);
    }
}
