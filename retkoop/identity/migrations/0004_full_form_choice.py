from django.db import migrations, models


def forget_the_default(apps, schema_editor):
    """Until now false was also what everyone began with."""
    apps.get_model("identity", "Person").objects.filter(full_form=False).update(full_form=None)


class Migration(migrations.Migration):

    dependencies = [
        ('identity', '0003_people_and_second_factor'),
    ]

    operations = [
        migrations.AlterField(
            model_name='person',
            name='full_form',
            field=models.BooleanField(help_text='chose the full entry form, or the plain words; null: never chose', null=True),
        ),
        migrations.RunPython(forget_the_default, migrations.RunPython.noop),
    ]
