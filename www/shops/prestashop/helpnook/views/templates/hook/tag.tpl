<script async{foreach from=$helpnook key=name item=value} {$name}="{$value|escape:'htmlall':'UTF-8'}"{/foreach}></script>
