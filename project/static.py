from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class ModuleManifestStorage(CompressedManifestStaticFilesStorage):
    """Rewrites the imports of ES modules too, so that every module is served under its hash."""

    support_js_module_import_aggregation = True
    manifest_strict = False
