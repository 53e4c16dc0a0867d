"""Database, six products in three categories, and the countries one may ship to."""

import os
from decimal import Decimal

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")

import django

django.setup()

from django.core.management import call_command

call_command("migrate", interactive=False, verbosity=0)

from oscar.apps.catalogue.categories import create_from_breadcrumbs
from oscar.core.loading import get_model

Country = get_model("address", "Country")
Partner = get_model("partner", "Partner")
Product = get_model("catalogue", "Product")
ProductClass = get_model("catalogue", "ProductClass")
StockRecord = get_model("partner", "StockRecord")

if not Product.objects.exists():
    for code, name in [("DE", "Germany"), ("FR", "France"), ("GB", "United Kingdom"), ("PT", "Portugal"), ("RO", "Romania")]:
        Country.objects.create(
            iso_3166_1_a2=code, iso_3166_1_a3=code + "X", printable_name=name, name=name, is_shipping_country=True
        )
    kind = ProductClass.objects.create(name="Kitchen", track_stock=True)
    partner = Partner.objects.create(name="Warehouse", code="warehouse")
    for number, (title, category) in enumerate(
        [
            ("Stoneware mug", "Kitchen > Mugs"),
            ("Enamel mug", "Kitchen > Mugs"),
            ("Iron pan", "Kitchen > Pans"),
            ("Copper pan", "Kitchen > Pans"),
            ("Linen towel", "Textiles"),
            ("Wool blanket", "Textiles"),
        ]
    ):
        product = Product.objects.create(title=title, upc=f"U{number:03}", product_class=kind, description=f"A good {title.lower()}.")
        product.categories.add(create_from_breadcrumbs(category))
        StockRecord.objects.create(
            product=product, partner=partner, partner_sku=f"S{number:03}", price=Decimal("12.50"), price_currency="EUR", num_in_stock=50
        )
call_command("rebuild_index", interactive=False, verbosity=0)
