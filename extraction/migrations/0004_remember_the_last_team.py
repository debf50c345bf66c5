import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("extraction", "0003_version_page_ranges"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="signinfailure",
            options={"verbose_name": "failed sign-in", "verbose_name_plural": "failed sign-ins"},
        ),
        migrations.AddField(
            model_name="user",
            name="last_team",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="extraction.team",
                verbose_name="last team",
            ),
        ),
    ]
