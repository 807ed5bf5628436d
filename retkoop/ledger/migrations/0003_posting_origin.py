from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0002_cahier_indexes")]

    operations = [
        migrations.AddIndex(
            model_name="posting",
            index=models.Index(condition=models.Q(("origin__isnull", False)), fields=["origin"], name="posting_origin"),
        ),
    ]
