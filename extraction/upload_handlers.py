from __future__ import annotations

import hashlib
from typing import Any

from django.core.files.uploadedfile import TemporaryUploadedFile
from django.core.files.uploadhandler import FileUploadHandler, TemporaryFileUploadHandler
from django.http import HttpRequest


class CappedUploadHandler(TemporaryFileUploadHandler):
    """Streams every file to disk, hashing it on the way; of a file over the limit no more than its size is kept.

    The file gets `sha256` (hex). The rest of a file that is too large is read and dropped, so that the answer arrives.
    """

    def __init__(self, request: HttpRequest, *, limit_bytes: int) -> None:
        super().__init__(request)
        self.limit_bytes = limit_bytes

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        FileUploadHandler.new_file(self, *args, **kwargs)
        self.received = 0
        self.hash = hashlib.sha256()
        # Django would name the temporary file after the upload's extension, of any length
        self.file = TemporaryUploadedFile("upload", self.content_type, 0, self.charset, self.content_type_extra)
        self.file.name = self.file_name

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        self.received += len(raw_data)
        if self.received > self.limit_bytes:
            self.file.truncate(0)
            return
        self.hash.update(raw_data)
        self.file.write(raw_data)

    def file_complete(self, file_size: int) -> TemporaryUploadedFile:
        self.file.sha256 = self.hash.hexdigest()
        return super().file_complete(file_size)
