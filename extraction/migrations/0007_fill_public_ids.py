import uuid
from datetime import timedelta

from django.db import migrations

MILLISECOND = timedelta(milliseconds=1)


def fill(apps, schema_editor):
    parses = apps.get_model("extraction", "Parse")
    for pk in parses.objects.filter(public_id=None).values_list("pk", flat=True).iterator():
        parses.objects.filter(pk=pk).update(public_id=uuid.uuid4())
    fill_listed_at(apps.get_model("extraction", "Extraction"))


def fill_listed_at(extractions):
    latest = {}
    rows = extractions.objects.filter(listed_at=None).order_by("created_at", "pk")
    for pk, team, created in rows.values_list("pk", "parse__document__team", "created_at").iterator():
        listed = created.replace(microsecond=created.microsecond // 1000 * 1000)
        if team in latest:
            listed = max(listed, latest[team] + MILLISECOND)
        latest[team] = listed
        extractions.objects.filter(pk=pk).update(listed_at=listed)


class Migration(migrations.Migration):

    dependencies = [("extraction", "0006_add_interfaces")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
