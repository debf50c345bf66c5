from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("extraction", "0002_ask_for_a_new_password"),
    ]

    operations = [
        migrations.AddField(
            model_name="pagerange",
            name="version",
            field=models.PositiveIntegerField(default=1, verbose_name="version of its pages"),
        ),
    ]
