"""A QR code as an image inside the page, so that a one-time code lies in no file and no log."""

from __future__ import annotations

import base64
import io

import numpy as np
import zxingcpp
from PIL import Image


def qr_image(text: str, pixels_per_module: int = 6) -> str:
    """A ``data:`` address of a PNG with the QR code of ``text``."""
    barcode = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level="M")
    drawn = zxingcpp.write_barcode_to_image(barcode, scale=pixels_per_module, add_quiet_zones=True)
    file = io.BytesIO()
    Image.fromarray(np.asarray(drawn)).save(file, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(file.getvalue()).decode()
