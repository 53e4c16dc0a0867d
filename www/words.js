/* Fetched only for a page whose type is in doubt: words of more languages. What names controls, as in
 * `facts.js`; JSON, because the program reads it out of this file. */
export const WORDS = /*WORDS*/{
  "addText": "στο καλάθι|カートに入れる|カートに追加|加入购物车|加入購物車|장바구니|в корзину|в кошик|přidat do košíka|pridať do košíka|aggiungi alla borsa|ajouter au sac|comprar ahora|comprar agora|toevoegen aan winkel|köp|add to order|lägg i varukorg|læg i kurv|legg i handlekurv|lisää ostoskoriin|sepete ekle|přidat do košíku|kosárba",
  "soldOut": "utsolgt|loppuunmyyty|vyprodáno|elfogyott|tükendi|εξαντλήθηκε|在庫切れ|售罄|vergriffen|temporairement indisponible|non disponibile|niet op voorraad",
  "quantity": "hoeveelheid|個数|数量",
  "checkoutLink": "/odeme|/ödeme|/penztar|/pokladna|/objednavka|/zamowienie|/afrekenen|tillkassan|tilkassen|/tramitar|/pago|placeorder|/ordine|/rendeles|ταμείο|レジ|结算",
  "coupon": "kupon|kód na slevu|slevov|kedvezmény|indirim|εκπτωτ|κουπόνι|クーポン|优惠|промокод|alennus|actiecode",
  "address": "shippingaddress|billingaddress|direccion|endereco|morada|indirizzo|adres|ulice|ulica|straat|osoite|irányító|都道府県|郵便番号",
  "placeText": "jetzt bezahlen|jetzt zahlen|effectuer le paiement|zur zahlung|bestelling afronden|betaal nu|zapłać|köp nu|slutför köp|gennemfør køb|fullfør kjøp|vahvista tilaus|objednat s povinností|odeslat objednávku|megrendelem|siparişi onayla|siparişi tamamla|ολοκλήρωση παραγγελίας|注文を確定|注文する|提交订单|立即付款|оформить заказ|pagar ahora|pagar agora|concluir encomenda|confirmă comanda|kauf abschließen|complete my order|pay €|pay £|pay $|jetzt kaufen|zahlungspflichtig|kostenpflichtig|bestellung abschicken|jetzt bestellen|passer la commande|passer commande|confirmer la commande|payer maintenant|valider ma commande|finalizar compra|finalizar encomenda|confirmar encomenda|confirmar pedido|fazer pedido|plasează comanda|plaseaza comanda|trimite comanda|realizar pedido|effettua ordine|bestelling plaatsen|zamawiam"
}/*END*/;
/* The words that name pages in all languages: `src/context/words/*.txt`, put here by the build. */
export const TEXT = /*TEXT*/""/*END*/;
